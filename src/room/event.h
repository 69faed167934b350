// An event: anything in the log. Plain data, immutable once it has an id.
#pragma once

#include <cstdint>
#include <string>

#include "base/event_id.h"

namespace tinychat::room {

enum class EventKind : std::uint8_t {
  kMessage = 1,  // an event that people (or programs) wrote
  kTopic = 2,    // somebody set the room's topic to `text`, which may be empty
};

struct Event {
  // Its milliseconds are also the event's time.
  EventId id;
  EventKind kind = EventKind::kMessage;
  std::string room;    // a valid room name
  std::string sender;  // UTF-8, as it was sent (never escaped)
  std::string text;    // UTF-8, as it was sent (never escaped)
  // Empty: published without one. Otherwise unique within the room.
  std::string idempotency_key;
  // Who wrote it: a user's public id. Empty: nobody can vouch for `sender`.
  std::string author = {};

  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace tinychat::room
