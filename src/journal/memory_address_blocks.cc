#include "journal/memory_address_blocks.h"

#include <algorithm>
#include <tuple>

#include "base/limits.h"

namespace tinychat::journal {
namespace {

class MemoryAddressBlocks final : public AddressBlocks {
 public:
  Result<void> add(const AddressBlock& block) override {
    if (std::ranges::find(blocks_, block.address, &AddressBlock::address) != blocks_.end()) {
      return std::unexpected(blocked_already(block.address));
    }
    if (blocks_.size() >= limits::kAddressBlocksMax) return std::unexpected(too_many_blocks());
    blocks_.push_back(block);
    return {};
  }

  Result<std::vector<AddressBlock>> all() override {
    auto all = blocks_;
    std::ranges::sort(all, {}, [](const AddressBlock& block) {
      return std::tie(block.created_milliseconds, block.address);
    });
    return all;
  }

  Result<bool> remove(std::string_view address) override {
    return std::erase_if(blocks_, [&](const AddressBlock& block) { return block.address == address; }) > 0;
  }

 private:
  std::vector<AddressBlock> blocks_;
};

}  // namespace

std::unique_ptr<AddressBlocks> make_memory_address_blocks() {
  return std::make_unique<MemoryAddressBlocks>();
}

}  // namespace tinychat::journal
