#include "api/governing.h"

#include <utility>

#include "room/pass_terms.h"
#include "wire/time_text.h"

namespace tinychat::api {

journal::Actor actor_of(const Call& call) {
  return {.id = call.visitor->user.id,
          .name = call.visitor->user.name,
          .now_milliseconds = call.settings.clock->utc_milliseconds()};
}

Result<std::uint64_t> read_expiry(const JsonMembers& members, std::uint64_t now_milliseconds) {
  const auto days = find_number(members, "expiresInDays");
  if (!days) return std::unexpected(days.error());
  if (!*days) return 0;
  auto expiry = room::expiry_after(**days, now_milliseconds);
  if (!expiry) return in_member("expiresInDays", std::move(expiry.error()));
  return expiry;
}

void append_time_or_null(std::string& json, std::string_view name, std::uint64_t milliseconds) {
  json += ",\"" + std::string(name) + "\":";
  json += milliseconds == 0 ? "null" : '"' + wire::rfc3339(milliseconds) + '"';
}

}  // namespace tinychat::api
