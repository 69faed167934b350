// The one table of what can be asked for: paths and methods, as the API's description has them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/call.h"
#include "base/result.h"
#include "room/rights.h"

namespace tinychat::api {

using Action = void (*)(Call&&);

// Whether an operation does something in the name of the user who asks. Whether it may be asked for at all is
// its right's matter.
enum class Identity : std::uint8_t {
  kIgnored,   // cookies make no difference
  kOptional,  // it may be nobody, also with a cookie that stands for nobody any more
  kClaimed,   // without a cookie it may be nobody; with one it is meant to be that user's, or nothing
  kNeeded,    // there has to be a user
};

// Each names the right it takes: without one it does not compile.
struct Operation {
  constexpr Operation() = default;
  constexpr Operation(Action its_action, room::Right its_right, Identity its_identity = Identity::kIgnored,
                      bool streams = false, bool probes = false)
      : action(its_action), right(its_right), identity(its_identity), is_stream(streams), is_probe(probes) {}

  Action action = nullptr;
  room::Right right = room::Right::kGovern;
  Identity identity = Identity::kIgnored;
  bool is_stream = false;
  bool is_probe = false;  // asked by those who watch the server, and never too often
};

// HEAD goes wherever GET goes, and OPTIONS everywhere.
struct Route {
  // `{room}` stands for one or more segments, `{file}`, `{code}` and `{id}` for one.
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
