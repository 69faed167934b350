// What is told to those who listen at the moment, and to nobody later: events without an id.
#pragma once

#include <string>
#include <string_view>

#include "room/presence.h"
#include "room/rendered_event.h"
#include "wire/sse.h"

namespace tinychat::room {

// Told in both dialects.
enum class PresenceChange : std::uint8_t { kJoined, kLeft };
[[nodiscard]] Frames render_presence(PresenceChange change, std::string_view room, const Person& person);

// Told in v1 alone.
[[nodiscard]] wire::Frame render_typing(std::string_view room, const Person& user);
[[nodiscard]] wire::Frame render_renamed(std::string_view room, const Person& user,
                                         std::string_view previous);
// `json` is one line.
[[nodiscard]] wire::Frame render_signal(std::string_view event, std::string_view json);

}  // namespace tinychat::room
