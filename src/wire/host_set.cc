#include "wire/host_set.h"

#include <algorithm>
#include <cstddef>

namespace tinychat::wire {
namespace {

constexpr std::size_t kHostBitsV6 = 64;
constexpr std::size_t kMappedBits = 96;

bool is_ipv4(const Subnet& subnet) { return subnet.bits >= kMappedBits && wire::is_ipv4(subnet.address); }

IpAddress masked(IpAddress address, std::size_t bits) {
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {
    const std::size_t kept = bits > 8 * i ? std::min<std::size_t>(bits - 8 * i, 8) : 0;
    address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xff00U >> kept));
  }
  return address;
}

}  // namespace

Subnet host_subnet(const Subnet& subnet) {
  const std::size_t bits = is_ipv4(subnet) ? subnet.bits : std::min(subnet.bits, kHostBitsV6);
  return {masked(subnet.address, bits), bits};
}

HostSet::HostSet(std::span<const Subnet> subnets) {
  for (const auto& one : subnets) {
    const Subnet subnet = host_subnet(one);
    // In bits of a host key.
    const std::size_t free = is_ipv4(subnet) ? kIpAddressBits - subnet.bits : kHostBitsV6 - subnet.bits;
    const std::uint64_t rest = free >= kHostBitsV6 ? ~std::uint64_t{0} : (std::uint64_t{1} << free) - 1;
    const std::uint64_t first = host_key(subnet.address);
    ranges_.push_back({first, first | rest});
  }
  std::ranges::sort(ranges_, {}, &Range::first);
  std::vector<Range> apart;
  for (const auto& range : ranges_) {
    if (!apart.empty() && range.first <= apart.back().last) {
      apart.back().last = std::max(apart.back().last, range.last);
    } else {
      apart.push_back(range);
    }
  }
  ranges_ = std::move(apart);
}

bool HostSet::contains(std::uint64_t host_key) const {
  const auto after = std::ranges::upper_bound(ranges_, host_key, {}, &Range::first);
  return after != ranges_.begin() && host_key <= std::prev(after)->last;
}

}  // namespace tinychat::wire
