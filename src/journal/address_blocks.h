// Addresses that are refused: whoever comes from one gets nothing, whatever they show. Each server keeps them
// and is told by kRulesHolder among the revocations that they have changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/ip_address.h"

namespace tinychat::journal {

struct AddressBlock {
  std::string id;       // public
  std::string address;  // an address or a network, as wire::to_string() has it; no two alike
  std::uint64_t created_milliseconds = 0;

  friend bool operator==(const AddressBlock&, const AddressBlock&) = default;
};

// Thread, errors and durability as People has them.
class AddressBlocks {
 public:
  AddressBlocks() = default;
  AddressBlocks(const AddressBlocks&) = delete;
  AddressBlocks& operator=(const AddressBlocks&) = delete;
  virtual ~AddressBlocks() = default;

  // kUnprocessable: it is blocked already, or there are limits::kAddressBlocksMax.
  virtual Result<void> add(const AddressBlock& block) = 0;
  // The oldest first, and by address where they are of one time.
  virtual Result<std::vector<AddressBlock>> all() = 0;
  // False: it is not blocked.
  virtual Result<bool> remove(std::string_view address) = 0;
};

// What they cover.
[[nodiscard]] std::vector<wire::Subnet> subnets_of(const std::vector<AddressBlock>& blocks);

// What all implementations refuse with.
[[nodiscard]] Error blocked_already(std::string_view address);
[[nodiscard]] Error too_many_blocks();

}  // namespace tinychat::journal
