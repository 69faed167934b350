#include "wire/cookie.h"

#include "wire/ascii.h"

namespace tinychat::wire {

std::optional<std::string_view> find_cookie(std::string_view cookie_field, std::string_view name) {
  while (!cookie_field.empty()) {
    const auto pair = cookie_field.substr(0, cookie_field.find(';'));
    cookie_field.remove_prefix(pair.size() == cookie_field.size() ? pair.size() : pair.size() + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || trim(pair.substr(0, equals)) != name) continue;
    auto value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return std::nullopt;
}

std::string set_cookie(std::string_view name, std::string_view value, std::chrono::seconds lifetime,
                       bool is_secure) {
  std::string cookie(name);
  cookie.append("=").append(value);
  cookie += "; Path=/; Max-Age=" + std::to_string(lifetime.count()) + "; HttpOnly; SameSite=Lax";
  if (is_secure) cookie += "; Secure";
  return cookie;
}

}  // namespace tinychat::wire
