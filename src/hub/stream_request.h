// What a subscriber asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/event_id.h"
#include "base/keyed_count.h"
#include "room/rendered_event.h"

namespace tinychat::hub {

struct StreamRequest {
  room::Dialect dialect = room::Dialect::kV1;
  std::vector<std::string> rooms;  // valid names, no two alike, 1 to limits::kRoomsPerStreamMax

  // Everything up to here has been seen. None: from now on.
  std::optional<EventId> cursor;
  // A cursor came that is no id: the stream starts with a reset, from now on.
  bool cursor_is_nonsense = false;

  // Who joins (see presence); empty: a silent reader. A valid sender.
  std::string name;
  // The id of the user who joins; empty: nobody vouches for the name.
  std::string user = {};
  // Among the streams of that user.
  KeyedCount::Place of_user = {};
  // Who has the right to it, by room::holder_of(): it ends when they lose it. Empty: whoever likes.
  std::string holder = {};
  // When that right ends by itself; 0: never.
  std::uint64_t expires_milliseconds = 0;
};

}  // namespace tinychat::hub
