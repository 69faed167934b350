#include "api/client.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string_view>

namespace tinychat::api {
namespace {

bool is_trusted(const wire::IpAddress& address, std::span<const wire::Subnet> trusted) {
  return std::ranges::any_of(trusted, [&](const wire::Subnet& subnet) { return subnet.contains(address); });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

// Some proxies add the port.
std::optional<wire::IpAddress> forwarded_address(std::string_view text) {
  if (auto address = wire::parse_ip_address(text)) return address;
  if (text.starts_with('[')) return wire::parse_ip_address(text.substr(1, text.find(']') - 1));
  return wire::parse_ip_address(text.substr(0, text.rfind(':')));
}

}  // namespace

Client client_of(const net::Request& request, std::span<const wire::Subnet> trusted) {
  Client client{request.peer, false};
  if (trusted.empty() || !is_trusted(client.address, trusted)) return client;
  for (const auto& [name, value] : std::views::reverse(request.headers)) {
    if (name != "x-forwarded-for") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = rest.rfind(',');
      const auto entry = trimmed(rest.substr(comma == std::string_view::npos ? 0 : comma + 1));
      const auto address = forwarded_address(entry);
      if (!address) return {client.address, true};
      client = {*address, true};
      if (!is_trusted(*address, trusted)) return client;
      rest = rest.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
  }
  return client;
}

}  // namespace tinychat::api
