// Pages of a room's history: which messages a cursor and a limit stand for, and the cursors of the
// pages beside. Pure but for the journal that it reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/event_id.h"
#include "base/limits.h"
#include "base/result.h"
#include "journal/journal.h"
#include "room/event.h"
#include "wire/field.h"

namespace tinychat::api {

enum class HistoryAnchor : std::uint8_t {
  kNewest,  // the end of the room
  kBefore,  // messages older than the id
  kAfter,   // messages newer than the id
  kAround,  // the id's own message, if there is one, in the middle
};

struct HistoryQuery {
  std::string room;  // a valid room name
  HistoryAnchor anchor = HistoryAnchor::kNewest;
  EventId id;                                       // unless kNewest
  std::size_t limit = limits::kHistoryPageDefault;  // 1 to limits::kHistoryPageMax
};

struct HistoryPage {
  std::vector<room::Event> messages;  // ascending
  // `?before=` of the neighbouring page of older messages; none if there are none.
  std::optional<EventId> before;
  // `?after=` of the neighbouring page of newer messages; none if there were none when it was read.
  std::optional<EventId> after;
};

// Errors: kUnprocessable (more than one cursor, a cursor that is no id, a limit out of range).
[[nodiscard]] Result<HistoryQuery> parse_history_query(std::string room, const wire::Fields& query);

// A room without messages has one empty page. Errors: kStorageFailed.
[[nodiscard]] Result<HistoryPage> read_history(journal::JournalReader& reader, const HistoryQuery& query);

// `{"messages":[…],"before":…,"after":…}`
[[nodiscard]] std::string to_json(const HistoryPage& page);

}  // namespace tinychat::api
