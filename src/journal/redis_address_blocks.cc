// A hash: address → id, a blank, and when it was blocked.
#include "journal/redis_address_blocks.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "base/limits.h"
#include "journal/redis_part.h"
#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

AddressBlock block_in(std::string_view address, std::string_view text) {
  const auto blank = std::min(text.find(' '), text.size());
  AddressBlock block{.id = std::string(text.substr(0, blank)), .address = std::string(address)};
  std::from_chars(text.data() + std::min(blank + 1, text.size()), text.data() + text.size(),
                  block.created_milliseconds);
  return block;
}

class RedisAddressBlocks final : public AddressBlocks {
 public:
  explicit RedisAddressBlocks(RedisPart redis) : redis_(std::move(redis)) {}

  Result<void> add(const AddressBlock& block) override {
    auto reply = redis_.evaluate(redis_passes_scripts().block, {redis_.keys().blocks()},
                                 {block.address, block.id + ' ' + std::to_string(block.created_milliseconds),
                                  std::to_string(limits::kAddressBlocksMax)});
    if (!reply) return std::unexpected(reply.error());
    if (reply->value().text() == "taken") return std::unexpected(blocked_already(block.address));
    if (reply->value().text() == "full") return std::unexpected(too_many_blocks());
    return {};
  }

  Result<std::vector<AddressBlock>> all() override {
    auto reply = redis_.call({"HGETALL", redis_.keys().blocks()});
    if (!reply) return std::unexpected(reply.error());
    const auto value = reply->value();
    std::vector<AddressBlock> all;
    for (std::size_t i = 0; i + 1 < value.size(); i += 2) {
      all.push_back(block_in(value[i].text(), value[i + 1].text()));
    }
    std::ranges::sort(all, {}, [](const AddressBlock& block) {
      return std::tie(block.created_milliseconds, block.address);
    });
    return all;
  }

  Result<bool> remove(std::string_view address) override {
    return redis_.forget(redis_.keys().blocks(), address);
  }

 private:
  RedisPart redis_;
};

}  // namespace

std::unique_ptr<AddressBlocks> make_redis_address_blocks(RedisPart redis) {
  return std::make_unique<RedisAddressBlocks>(std::move(redis));
}

}  // namespace tinychat::journal
