// The one table of what can be asked for: paths and methods, as the API's description has them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/call.h"
#include "base/result.h"

namespace tinychat::api {

using Action = void (*)(Call&&);

// Whether an operation asks who asks.
enum class Identity : std::uint8_t {
  kIgnored,   // cookies make no difference
  kOptional,  // it may be nobody, also with a cookie that stands for nobody any more
  kClaimed,   // without a cookie it may be nobody; with one it is meant to be that user's, or nothing
  kNeeded,    // there has to be a user
};

struct Operation {
  Action action = nullptr;
  Identity identity = Identity::kIgnored;
  bool is_stream = false;
  bool is_probe = false;  // asked by those who watch the server, and never too often
};

// HEAD goes wherever GET goes, and OPTIONS everywhere.
struct Route {
  // `{room}` stands for one or more segments, `{file}` and `{id}` for one.
  std::string_view pattern;
  Operation get = {};
  Operation post = {};
  Operation put = {};
  Operation patch = {};
  Operation del = {};
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

// The operation for the call's method. Errors: kMethodNotAllowed, kNotFound (a path of the program's own
// that nothing answers to).
[[nodiscard]] Result<Operation> find_operation(const Match& match, std::string_view method);

}  // namespace tinychat::api
