// Cookies (RFC 6265): one out of those a request has, and the line that gives one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tinychat::wire {

// The value of the first cookie of this name in a Cookie field. What is malformed beside it is passed
// over: other programs on the same host set cookies, too.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view cookie_field,
                                                          std::string_view name);

// The value of a Set-Cookie field: for every path of this host, out of reach for scripts, and not sent with
// what other sites post; if `is_secure`, over TLS alone. `lifetime` of zero takes the cookie away. `value`
// needs no quoting.
[[nodiscard]] std::string set_cookie(std::string_view name, std::string_view value,
                                     std::chrono::seconds lifetime, bool is_secure = false);

}  // namespace tinychat::wire
