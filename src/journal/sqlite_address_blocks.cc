#include "journal/sqlite_address_blocks.h"

#include <optional>
#include <utility>

#include "base/limits.h"

namespace tinychat::journal {
namespace {

class SqliteAddressBlocks final : public AddressBlocks {
 public:
  explicit SqliteAddressBlocks(SharedSqliteAccess access) : access_(std::move(access)) {}

  Result<void> add(const AddressBlock& block) override {
    std::optional<Error> refusal;
    auto done = access_->transact([&] {
      auto find = access_->statement("SELECT 1 FROM address_block WHERE address = ?");
      if (Run(find).bind(block.address).step()) {
        refusal = blocked_already(block.address);
        return;
      }
      if (access_->count("SELECT count(*) FROM address_block") >=
          static_cast<std::int64_t>(limits::kAddressBlocksMax)) {
        refusal = too_many_blocks();
        return;
      }
      auto add =
          access_->statement("INSERT INTO address_block (public_id, address, created) VALUES (?, ?, ?)");
      Run(add).bind(block.id, block.address, static_cast<std::int64_t>(block.created_milliseconds)).step();
    });
    if (!done) return done;
    if (refusal) return std::unexpected(std::move(*refusal));
    return {};
  }

  Result<std::vector<AddressBlock>> all() override {
    return access_->read([&] {
      std::vector<AddressBlock> all;
      auto select = access_->statement(
          "SELECT public_id, address, created FROM address_block ORDER BY created, address");
      Run run(select);
      while (run.step()) {
        all.push_back({.id = run.text(0),
                       .address = run.text(1),
                       .created_milliseconds = static_cast<std::uint64_t>(run.integer(2))});
      }
      return all;
    });
  }

  Result<bool> remove(std::string_view address) override {
    bool is_removed = false;
    auto done = access_->transact([&] {
      const std::string its_address(address);
      auto remove = access_->statement("DELETE FROM address_block WHERE address = ? RETURNING 1");
      is_removed = Run(remove).bind(its_address).step();
    });
    if (!done) return std::unexpected(done.error());
    return is_removed;
  }

 private:
  const SharedSqliteAccess access_;
};

}  // namespace

std::unique_ptr<AddressBlocks> open_sqlite_address_blocks(SharedSqliteAccess access) {
  return std::make_unique<SqliteAddressBlocks>(std::move(access));
}

}  // namespace tinychat::journal
