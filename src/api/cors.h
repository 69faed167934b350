// Which origins' pages may read our answers (Fetch standard, "CORS protocol"). Who may ask is
// another matter: CORS keeps no request away.
#pragma once

#include <string>
#include <string_view>

#include "api/settings.h"
#include "wire/field.h"

namespace tinychat::api {

// For every answer to a request with this Origin header (nullptr: without one).
[[nodiscard]] wire::Fields cors_headers(const Settings& settings, const std::string* origin);

// For the answer to OPTIONS, beside cors_headers(); `methods` as in `Allow`. None without an allow-list.
[[nodiscard]] wire::Fields preflight_headers(const Settings& settings, std::string_view methods);

}  // namespace tinychat::api
