// A journal of one process alone: it gives out the ids itself and looks idempotency keys up before it
// appends. What such journals have in common is here; what they are kept in, each says for itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "journal/journal.h"

namespace tinychat::journal {

// Thread: as Journal.
class EmbeddedJournal : public Journal {
 public:
  // All that are new are one append(), and share its error. A key that cannot be looked up fails its
  // publication alone.
  std::vector<Result<Published>> publish(std::span<Publication> publications,
                                         std::uint64_t now_utc_milliseconds) final;

  // Appends events with ids that grow and are all greater than head(), and trims the rooms touched
  // to Retention::messages_max. All or nothing: after an error (kStorageFull, kStorageFailed) none
  // of the events is in the journal, now or after a restart, and the journal is usable again.
  // The idempotency keys given are not yet in their rooms: see find_by_key().
  virtual Result<void> append(std::span<const room::Event> events) = 0;

  // Whether the room is there, or one more may be (Retention::rooms_max).
  virtual Result<bool> takes_room(std::string_view room) = 0;

  // The retained event that was published to `room` with this idempotency key.
  virtual Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) = 0;

 private:
  EventId last_given_;  // also if its append failed
};

}  // namespace tinychat::journal
