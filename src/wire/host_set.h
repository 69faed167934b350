// A set of hosts by what they are counted as (see host_key()), made once and asked often. Immutable, any
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wire/ip_address.h"

namespace tinychat::wire {

// What it covers as hosts are counted: of an IPv6 address, its /64; and no address in it that the network
// does not have.
[[nodiscard]] Subnet host_subnet(const Subnet& subnet);

class HostSet {
 public:
  HostSet() = default;
  explicit HostSet(std::span<const Subnet> subnets);

  [[nodiscard]] bool is_empty() const { return ranges_.empty(); }
  [[nodiscard]] bool contains(std::uint64_t host_key) const;

 private:
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  std::vector<Range> ranges_;  // sorted, apart from each other
};

}  // namespace tinychat::wire
