// Addresses of peers and the networks they are in, as values. RFC 4291; the text forms of inet_pton(3).
// Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinychat::wire {

// An IPv6 address, or an IPv4 one in its mapped form (::ffff:192.0.2.1), so that both compare as one kind.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  // In host byte order.
  [[nodiscard]] static IpAddress of_ipv4(std::uint32_t address);
  [[nodiscard]] static IpAddress loopback();

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// nullopt: it is no address. A zone (`%eth0`) is none of it.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text);

// An IPv4 address in its own form.
[[nodiscard]] std::string to_string(const IpAddress& address);

[[nodiscard]] bool is_ipv4(const IpAddress& address);
// 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(const IpAddress& address);

// Whom an address stands for where addresses are counted: an IPv4 address itself, of an IPv6 address its /64,
// which is what one customer of a network gets at least.
[[nodiscard]] std::uint64_t host_key(const IpAddress& address);

inline constexpr std::size_t kIpAddressBits = 128;

struct Subnet {
  IpAddress address;
  std::size_t bits = 128;  // of the 16 bytes: 96 more than of an IPv4 prefix

  [[nodiscard]] bool contains(const IpAddress& other) const;
};

// As parse_subnet() reads it; a network of one address as that address.
[[nodiscard]] std::string to_string(const Subnet& subnet);

// `192.0.2.1`, `10.0.0.0/8`, `fd00::/8`. nullopt: it is neither an address nor a network.
[[nodiscard]] std::optional<Subnet> parse_subnet(std::string_view text);

}  // namespace tinychat::wire
