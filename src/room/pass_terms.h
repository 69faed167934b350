// What a link or a token is to be good for, as whoever makes it says it, over HTTP or on the command line:
// from words and numbers to what is kept. Who may make one is not decided here.
//
// Errors: kUnprocessable (of a room also kMalformed), without the member or option that it came in.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace tinychat::room {

// What a token is to be good for, as Grant::scopes; nothing at all is an error.
[[nodiscard]] Result<std::uint8_t> scopes_of(std::span<const std::string> names);

// The rooms of a token, as Grant::rooms. The error names the one that is none.
[[nodiscard]] Result<void> check_room_rules(std::span<const std::string> rules);

// When it expires if it is made now.
[[nodiscard]] Result<std::uint64_t> expiry_after(double days, std::uint64_t now_milliseconds);

}  // namespace tinychat::room
