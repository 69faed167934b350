#include "room/pass_terms.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/limits.h"
#include "base/printable.h"
#include "room/rights.h"

namespace tinychat::room {
namespace {

constexpr double kMillisecondsPerDay = 24.0 * 60 * 60 * 1000;

std::unexpected<Error> no_scopes() {
  return fail(Code::kUnprocessable, "A token can publish, subscribe and read; name some of these.");
}

}  // namespace

Result<std::uint8_t> scopes_of(std::span<const std::string> names) {
  unsigned scopes = 0;
  for (const auto& name : names) {
    const auto found = std::ranges::find(kScopes, name, &ScopeName::name);
    if (found == kScopes.end()) return no_scopes();
    scopes |= static_cast<unsigned>(found->scope);
  }
  if (scopes == 0) return no_scopes();
  return static_cast<std::uint8_t>(scopes);
}

Result<void> check_room_rules(std::span<const std::string> rules) {
  if (rules.size() > limits::kTokenRoomsMax) {
    return fail(Code::kUnprocessable, "A token names at most " + std::to_string(limits::kTokenRoomsMax) +
                                          " rooms; name what they begin with, as team/*.");
  }
  for (const auto& rule : rules) {
    auto valid = check_room_rule(rule);
    if (valid) continue;
    Error& error = valid.error();
    error.detail = '"' + printable(rule, limits::kRoomNameBytesMax) + "\": " + error.detail;
    return valid;
  }
  return {};
}

Result<std::uint64_t> expiry_after(double days, std::uint64_t now_milliseconds) {
  // Also of what is no number.
  if (!(days > 0) || days > limits::kPassDaysMax) {
    return fail(Code::kUnprocessable, "Links and tokens are good for more than 0 and at most " +
                                          std::to_string(std::lround(limits::kPassDaysMax)) +
                                          " days; send such a number, or none for one without an end.");
  }
  return now_milliseconds + static_cast<std::uint64_t>(std::llround(days * kMillisecondsPerDay));
}

}  // namespace tinychat::room
