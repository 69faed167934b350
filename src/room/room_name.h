// Which names a room may have.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tinychat::room {

// What the names of private rooms begin with, and other rooms' may.
inline constexpr char kPrivateMark = '~';

// First path segments that are the program's own, so that no room can ever stand in their way.
[[nodiscard]] std::span<const std::string_view> reserved_first_segments();

// 1 to limits::kRoomNameBytesMax bytes of UTF-8 without control characters; slashes may divide it,
// but its first segment is not reserved and its last is not `sse`, `json` or `raw`.
// Errors: kMalformed (not UTF-8, with the place), kUnprocessable (with the rule).
Result<void> check_room_name(std::string_view name);

// Whether it is the name of a private room, which nobody can guess: `~` and a random_key(). Whoever is no
// member cannot tell whether there is such a room. All other rooms are open to all who are in.
[[nodiscard]] bool is_private(std::string_view name);

// `key`: a random_key().
[[nodiscard]] std::string private_name(std::string_view key);

}  // namespace tinychat::room
