#include "app/admin_endpoint.h"

#include <charconv>
#include <string>

namespace tinychat::app {
namespace {

constexpr std::string_view kOption = "--admin";
constexpr std::string_view kThisMachine = "127.0.0.1";

std::unexpected<Error> no_address(std::string_view text) {
  return fail(Code::kUsage, "--admin " + std::string(text) +
                                " is no address and port; write it as 127.0.0.1:9090 or [::1]:9090");
}

}  // namespace

Result<net::Endpoint> parse_admin_endpoint(std::string_view text) {
  net::Endpoint endpoint{
      .host = std::string(kThisMachine), .port = 0, .host_option = kOption, .port_option = kOption};
  std::string_view port = text;
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    port = text.substr(colon + 1);
    const bool is_bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    // An IPv6 address without brackets: where its port begins is anybody's guess.
    if (host.empty() || (!is_bracketed && host.find_first_of(":[]") != std::string_view::npos)) {
      return no_address(text);
    }
    endpoint.host = host;
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc{} || end != port.data() + port.size()) return no_address(text);
  return endpoint;
}

}  // namespace tinychat::app
