#include "api/origin.h"

#include <algorithm>
#include <string_view>

#include "wire/ascii.h"

namespace tinychat::api {
namespace {

bool has_host(std::string_view origin, std::string_view host) {
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && wire::equals_ignoring_case(origin.substr(scheme + 3), host);
}

}  // namespace

bool is_from_own_page(const Settings& settings, const net::Request& request) {
  const std::string* const origin = request.header("origin");
  // Not `*`: it allows to read what anybody may read, not to act as the user.
  if (origin != nullptr &&
      std::ranges::find(settings.allowed_origins, *origin) != settings.allowed_origins.end()) {
    return *origin != "*";
  }
  if (const std::string* const site = request.header("sec-fetch-site")) {
    return *site == "same-origin" || *site == "none";
  }
  const std::string* const host = request.header("host");
  return origin == nullptr || (host != nullptr && has_host(*origin, *host));
}

}  // namespace tinychat::api
