// Small JSON objects as bodies of requests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "wire/json.h"

namespace tinychat::api {

using JsonMembers = std::vector<wire::JsonMember>;

// The body, which is of type application/json; nothing in it is an object without members. Errors:
// kUnsupportedMediaType, kMalformed.
[[nodiscard]] Result<JsonMembers> read_json_members(const net::Request& request);

// nullopt: there is no such member. Errors: kUnprocessable (it is not a string).
[[nodiscard]] Result<std::optional<std::string>> find_text(const JsonMembers& members, std::string_view name);

// The same of `true` and `false`.
[[nodiscard]] Result<std::optional<bool>> find_truth(const JsonMembers& members, std::string_view name);

// The same of a number.
[[nodiscard]] Result<std::optional<double>> find_number(const JsonMembers& members, std::string_view name);

// The same of an array of strings.
[[nodiscard]] Result<std::optional<std::vector<std::string>>> find_texts(const JsonMembers& members,
                                                                         std::string_view name);

// The same error, which says in which member it is.
[[nodiscard]] std::unexpected<Error> in_member(std::string_view name, Error&& error);

}  // namespace tinychat::api
