// The one table of what can be asked for: paths and methods, as the API's description has them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/call.h"
#include "base/result.h"

namespace tinychat::api {

using Action = void (*)(Call&&);

// HEAD goes wherever GET goes, and OPTIONS everywhere.
struct Route {
  // `{room}` stands for one or more segments, `{file}` and `{id}` for one.
  std::string_view pattern;
  Action get = nullptr;
  Action post = nullptr;
};

// The first that matches counts; the last takes every path that is left.
[[nodiscard]] std::span<const Route> routes();

struct Match {
  const Route* route;
  std::string_view room;  // as sent
  std::string_view id;    // as sent
};

// nullopt: there is no such path.
[[nodiscard]] std::optional<Match> find_route(std::string_view path);

// The value of `Allow`.
[[nodiscard]] std::string allowed_methods(const Route& route);

// The action for the call's method. Errors: kMethodNotAllowed, kNotFound (a path of the program's own
// that nothing answers to).
[[nodiscard]] Result<Action> find_action(const Match& match, std::string_view method);

}  // namespace tinychat::api
