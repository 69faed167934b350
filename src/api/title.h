// Titles of rooms, as requests have them.
#pragma once

#include <optional>
#include <string>

#include "api/json_input.h"
#include "base/result.h"

namespace tinychat::api {

// `title`: a text, or null for none, which is empty then; nullopt: there is no such member. Errors: kMalformed,
// kUnprocessable.
[[nodiscard]] Result<std::optional<std::string>> find_title(const JsonMembers& members);

}  // namespace tinychat::api
