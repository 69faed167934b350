// What the owner's functions share: who acts, and how times and ends are read and written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/call.h"
#include "api/json_input.h"
#include "base/result.h"
#include "journal/acts.h"

namespace tinychat::api {

// The call's visitor, now.
[[nodiscard]] journal::Actor actor_of(const Call& call);

// `expiresInDays`, from now on, as a time; 0: there is none. Errors: kUnprocessable.
[[nodiscard]] Result<std::uint64_t> read_expiry(const JsonMembers& members, std::uint64_t now_milliseconds);

// `,"name":"<time>"`, and null for 0.
void append_time_or_null(std::string& json, std::string_view name, std::uint64_t milliseconds);

}  // namespace tinychat::api
