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

// What v1 alone is told.
struct SignalText {
  std::string room;   // whose streams,
  std::string user;   // or if there is one (an id): whose streams, whatever rooms they follow
  std::string event;  // a valid event name
  std::string json;   // one line

  friend bool operator==(const SignalText&, const SignalText&) = default;
};
[[nodiscard]] SignalText typing_signal(std::string room, const Person& user);
[[nodiscard]] SignalText renamed_signal(std::string room, const Person& user, std::string_view previous);

[[nodiscard]] wire::Frame render_signal(std::string_view event, std::string_view json);

}  // namespace tinychat::room
