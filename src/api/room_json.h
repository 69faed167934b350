// Parts of a room's JSON that more than one resource has.
#pragma once

#include <string>

#include "journal/journal.h"

namespace tinychat::api {

// `"last":{"id":…,"time":…}`, or `"last":null` of a room that nobody has written to.
[[nodiscard]] std::string last_member(const journal::RoomSummary& room);

// `"topic":…`
[[nodiscard]] std::string topic_member(const journal::RoomSummary& room);

}  // namespace tinychat::api
