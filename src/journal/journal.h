// The durable log of a deployment: one order over all rooms, and each room's share of it.
//
// A Journal is published to by one thread (the writer) and read by others through JournalReaders.
// What a publish has returned success for is on disk (as far as the journal's durability says) and
// visible to every read that starts afterwards. Nothing here knows about subscribers.
//
// Who gives out ids and remembers idempotency keys is the journal's own affair: an embedded one does it
// itself (journal/embedded_journal.h), one that several nodes share has it done where they meet.
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
#include "room/presence.h"

namespace tinychat::journal {

// How much is kept. Zero: all of it.
struct Retention {
  std::uint64_t messages_max = 0;  // of each room
  std::uint64_t age_milliseconds_max = 0;
  // Once there are so many, give or take what is published together, no other is made.
  std::uint64_t rooms_max = 0;
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

// What somebody wants to be in the log.
struct Publication {
  std::string room;             // a valid room name
  std::string sender;           // a valid sender
  std::string text;             // valid UTF-8 within the limit
  std::string idempotency_key;  // empty: none
  std::string author = {};      // a user's id; empty: nobody vouches for the sender
  room::EventKind kind = room::EventKind::kMessage;
};

// Whether it is what was published before. Who is known by an id may have changed names since.
[[nodiscard]] bool is_same_message(const room::Event& event, const Publication& publication);

// What became of it.
struct Published {
  room::Event event;
  bool is_repeat = false;  // it was published before, under the same idempotency key
};

// What a publication gets whose idempotency key belongs to another message.
[[nodiscard]] Error key_was_used();

// What one gets to a room that is not there, when there may be no more of them.
[[nodiscard]] Error too_many_rooms();

// A piece of Journal::erase().
struct Erased {
  std::uint64_t events = 0;
  std::string end;  // where the next piece begins; empty: this was the last

  friend bool operator==(const Erased&, const Erased&) = default;
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

  // Who is in a room at the moment, over all nodes that share the journal. Of a journal that one node has
  // alone this is nobody: its writer knows.
  virtual Result<room::Attendance> attendance(std::string_view /*room*/) { return room::Attendance{}; }
};

// Thread: every member function is called by the one thread that owns the journal (the writer; at
// start-up the main thread), but open_reader(), which any thread may call at any time.
class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  virtual ~Journal() = default;

  // The id at which this journal began, or began anew when it was restored from a backup: only what the
  // backup had is older. A cursor before it was given out by another journal.
  [[nodiscard]] virtual EventId origin() const = 0;

  // The id of the newest event ever appended (also when it has been trimmed), or origin().
  [[nodiscard]] virtual EventId head() const = 0;

  // Stores the publications, in their order, with ids that grow and are all greater than head() was, and
  // trims the rooms touched to Retention::messages_max. One outcome for each, in the same order: ids of
  // those that are no repeats grow. What was published to a room before under the same idempotency key is
  // a repeat if it is the same message, and kUnprocessable if it is another. Other errors (kStorageFull,
  // kStorageFailed, kUnavailable): that publication is not in the journal, or, where the error says so, it
  // is not known whether it is; and the journal is usable again. Strings of `publications` are moved out.
  virtual std::vector<Result<Published>> publish(std::span<Publication> publications,
                                                 std::uint64_t now_utc_milliseconds) = 0;

  // Trims what is older than Retention::age_milliseconds_max, a bounded piece at a time, for the writer does
  // nothing else meanwhile. True: there is more to trim, call again.
  static constexpr std::size_t kTrimEventsMax = 1000;
  virtual Result<bool> trim_by_age(std::uint64_t now_utc_milliseconds) = 0;

  // Takes out what a user has written (their topics, too), a bounded piece at a time: from where the piece
  // before ended; the first begins nowhere. What they write meanwhile may stay. What is taken out was never
  // there for any read that starts afterwards; of a shared log, also for nodes that are behind. An
  // idempotency key may be forgotten with its message.
  virtual Result<Erased> erase(std::string_view author, const std::string& from) = 0;

  // Whether it could store something now; asked for after it could not, now and then, until it can.
  virtual Result<void> check() = 0;

  // Any thread.
  virtual Result<std::unique_ptr<JournalReader>> open_reader() = 0;
};

}  // namespace tinychat::journal
