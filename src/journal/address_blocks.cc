#include "journal/address_blocks.h"

#include "base/limits.h"

namespace tinychat::journal {

std::vector<wire::Subnet> subnets_of(const std::vector<AddressBlock>& blocks) {
  std::vector<wire::Subnet> subnets;
  subnets.reserve(blocks.size());
  for (const auto& block : blocks) {
    if (const auto subnet = wire::parse_subnet(block.address)) subnets.push_back(*subnet);
  }
  return subnets;
}

Error blocked_already(std::string_view address) {
  return {Code::kUnprocessable, std::string(address) + " is blocked already."};
}

Error too_many_blocks() {
  return {Code::kUnprocessable, "There are " + std::to_string(limits::kAddressBlocksMax) +
                                    " blocked addresses, which is as many as there can be; block a network "
                                    "that has several of them."};
}

}  // namespace tinychat::journal
