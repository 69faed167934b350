#include "wire/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tinychat::wire {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kIpv4Bits = 32;

}  // namespace

IpAddress IpAddress::of_ipv4(std::uint32_t address) {
  IpAddress mapped;
  auto byte = std::ranges::copy(kMappedPrefix, mapped.bytes.begin()).out;
  for (unsigned shift = kIpv4Bits; shift > 0; shift -= 8) {
    *byte++ = static_cast<std::uint8_t>(address >> (shift - 8));
  }
  return mapped;
}

IpAddress IpAddress::loopback() {
  IpAddress address;
  address.bytes.back() = 1;
  return address;
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  const std::string terminated(text);
  // inet_pton would stop there.
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  std::ranges::copy(kMappedPrefix, address.bytes.begin());
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + kMappedPrefix.size()) == 1)
    return address;
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_short = is_ipv4(address);
  const auto* const bytes = address.bytes.data() + (is_short ? kMappedPrefix.size() : 0);
  ::inet_ntop(is_short ? AF_INET : AF_INET6, bytes, text.data(), static_cast<socklen_t>(text.size()));
  return text.data();
}

bool is_ipv4(const IpAddress& address) {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
}

bool is_loopback(const IpAddress& address) {
  if (is_ipv4(address)) return address.bytes[kMappedPrefix.size()] == 127;
  return address == IpAddress::loopback();
}

// The first half of a mapped address is zero, and the second half no /64 that is given to anybody.
std::uint64_t host_key(const IpAddress& address) {
  const auto half = address.bytes.begin() + (is_ipv4(address) ? 8 : 0);
  std::uint64_t key = 0;
  std::for_each(half, half + 8, [&key](std::uint8_t byte) { key = key << 8U | byte; });
  return key;
}

bool Subnet::contains(const IpAddress& other) const {
  const std::size_t whole = bits / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  other.bytes.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  return (address.bytes[whole] ^ other.bytes[whole]) >> (8U - rest) == 0;
}

std::string to_string(const Subnet& subnet) {
  std::string address = to_string(subnet.address);
  if (subnet.bits == kIpAddressBits) return address;
  const bool is_short = is_ipv4(subnet.address) && subnet.bits >= kIpAddressBits - kIpv4Bits;
  return address + '/' + std::to_string(is_short ? subnet.bits - (kIpAddressBits - kIpv4Bits) : subnet.bits);
}

std::optional<Subnet> parse_subnet(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return Subnet{*address, kIpAddressBits};
  const std::string_view digits = text.substr(slash + 1);
  std::size_t bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const bool is_short = text.substr(0, slash).find(':') == std::string_view::npos;
  if (bits > (is_short ? kIpv4Bits : kIpAddressBits)) return std::nullopt;
  return Subnet{*address, is_short ? bits + kIpAddressBits - kIpv4Bits : bits};
}

}  // namespace tinychat::wire
