// The durable log of a deployment: one order over all rooms, and each room's share of it.
//
// A Journal is appended to by one thread (the writer) and read by others through JournalReaders.
// What an append has returned success for is on disk (as far as the journal's durability says) and
// visible to every read that starts afterwards. Nothing here knows about subscribers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_id.h"
#include "base/result.h"
#include "room/event.h"

namespace tinychat::journal {

// How much of each room is kept. Zero: for ever.
struct Retention {
  std::uint64_t messages_max = 0;
  std::uint64_t age_milliseconds_max = 0;
};

// Events of some rooms after a cursor, in id order.
struct Page {
  std::vector<room::Event> events;
  // Nothing follows the last of `events` up to the `through` that was asked for.
  bool complete = true;
  // For at least one of the rooms, events after the cursor have been trimmed (or were never in this
  // journal): what is here does not join on to what the reader has seen.
  bool gap = false;
};

struct RoomSummary {
  std::string name;
  std::uint64_t messages = 0;  // retained
  EventId last;                // id of its newest event, also when that has been trimmed
  std::string topic;           // as the newest event of that kind set it, also when that has been trimmed

  friend bool operator==(const RoomSummary&, const RoomSummary&) = default;
};

// Reads the journal. Owned and used by one thread; it may outlive nothing of its Journal.
// Every call sees one consistent state of the journal. Errors: kStorageFailed; the reader stays
// usable.
class JournalReader {
 public:
  JournalReader() = default;
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;
  virtual ~JournalReader() = default;

  // Events of `rooms` with after < id <= through, oldest first, at most `events_max` of them and
  // about `bytes_max` of sender and text (at least one event if there is one). A room that does not
  // exist has no events. `gap` is set if after != 0-0 lies before Journal::origin(), or if a room
  // was trimmed past `after`.
  virtual Result<Page> read_after(std::span<const std::string> rooms, EventId after, EventId through,
                                  std::size_t events_max, std::size_t bytes_max) = 0;

  // The newest `count` events of a room with id < before, oldest first.
  virtual Result<std::vector<room::Event>> read_before(std::string_view room, EventId before,
                                                       std::size_t count) = 0;

  virtual Result<std::optional<room::Event>> find(std::string_view room, EventId id) = 0;

  // nullopt: the room has never had an event.
  virtual Result<std::optional<RoomSummary>> find_room(std::string_view room) = 0;

  // Rooms that have ever had an event, by name (byte order), those after `after`, at most `count`.
  virtual Result<std::vector<RoomSummary>> rooms(std::string_view after, std::size_t count) = 0;
};

// Thread: every member function is called by the one thread that owns the journal (the writer; at
// start-up the main thread), but origin() and open_reader(), which any thread may call at any time.
class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  virtual ~Journal() = default;

  // The id at which this journal began: no event in it is older or equal. A cursor before it was given
  // out by another journal.
  [[nodiscard]] virtual EventId origin() const = 0;

  // The id of the newest event ever appended (also when it has been trimmed), or origin().
  [[nodiscard]] virtual EventId head() const = 0;

  // Appends events with ids that grow and are all greater than head(), and trims the rooms touched
  // to Retention::messages_max. All or nothing: after an error (kStorageFull, kStorageFailed) none
  // of the events is in the journal, now or after a restart, and the journal is usable again.
  // The idempotency keys given are not yet in their rooms: see find_by_key().
  virtual Result<void> append(std::span<const room::Event> events) = 0;

  // The retained event that was published to `room` with this idempotency key.
  virtual Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) = 0;

  // Trims what is older than Retention::age_milliseconds_max, a bounded piece at a time. True: there
  // is more to trim, call again.
  virtual Result<bool> trim_by_age(std::uint64_t now_utc_milliseconds) = 0;

  // Any thread.
  virtual Result<std::unique_ptr<JournalReader>> open_reader() = 0;
};

}  // namespace tinychat::journal
