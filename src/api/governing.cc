#include "api/governing.h"

#include <cmath>

#include "base/limits.h"
#include "wire/time_text.h"

namespace tinychat::api {

journal::Actor actor_of(const Call& call) {
  return {.id = call.visitor->user.id,
          .name = call.visitor->user.name,
          .now_milliseconds = call.settings.clock->utc_milliseconds()};
}

Result<std::uint64_t> read_expiry(const JsonMembers& members, std::uint64_t now_milliseconds) {
  constexpr double kMillisecondsPerDay = 24.0 * 60 * 60 * 1000;
  const auto days = find_number(members, "expiresInDays");
  if (!days) return std::unexpected(days.error());
  if (!*days) return 0;
  if (!(**days > 0) || **days > limits::kPassDaysMax) {
    return fail(Code::kUnprocessable, "`expiresInDays` is more than 0 and at most " +
                                          std::to_string(std::lround(limits::kPassDaysMax)) +
                                          "; send such a number, or none.");
  }
  return now_milliseconds + static_cast<std::uint64_t>(std::llround(**days * kMillisecondsPerDay));
}

void append_time_or_null(std::string& json, std::string_view name, std::uint64_t milliseconds) {
  json += ",\"" + std::string(name) + "\":";
  json += milliseconds == 0 ? "null" : '"' + wire::rfc3339(milliseconds) + '"';
}

}  // namespace tinychat::api
