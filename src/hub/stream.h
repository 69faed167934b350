// One subscriber's connection, once it is a stream: a few dozen bytes.
//
// Live: it has been sent everything up to the shard's head. Behind: it has been sent everything up to
// `cursor`, but for `rest`, the end of the last frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/event_id.h"
#include "base/keyed_count.h"
#include "room/burst.h"
#include "room/rendered_event.h"
#include "room/room_log.h"

namespace tinychat::hub {

// A room as one shard knows it. It is there while somebody follows it or its log holds something.
struct Room {
  Room(std::string its_name, EventId floor) : name(std::move(its_name)), log(floor) {}

  const std::string name;
  room::RoomLog log;
  std::size_t fresh_from = 0;  // index in `log` of the first event not told yet, while it is touched
  bool is_touched = false;
  // Slots of the streams that follow this room alone, by what they are sent: dialect and framing.
  std::vector<std::uint32_t> single[room::kDialects][room::kFramings];
  // Slots of the streams that follow this room among others.
  std::vector<std::uint32_t> multi;

  [[nodiscard]] bool has_followers() const {
    for (const auto& dialect : single) {
      for (const auto& framing : dialect) {
        if (!framing.empty()) return true;
      }
    }
    return !multi.empty();
  }
};

enum class StreamState : std::uint8_t {
  kFree,     // the slot is not in use
  kLive,     // gets each batch
  kBehind,   // reads on from its cursor when it can write
  kReading,  // behind, and a question to the journal is under way
  kAhead,    // came with a cursor that this shard has not reached yet
};
inline constexpr std::size_t kStreamStates = static_cast<std::size_t>(StreamState::kAhead) + 1;

struct Stream {
  int fd = -1;
  std::uint32_t generation = 0;  // tells the users of a slot apart
  std::uint32_t question = 0;    // to the journal, while reading: answers to others are of before
  EventId cursor;                // while not live
  std::string rest;              // of the frame that was begun last
  Room* room = nullptr;          // the only one it follows, or nullptr: see `more`
  std::uint32_t place = 0;       // in its list in `room`
  KeyedCount::Place connection;  // its place among them

  StreamState state = StreamState::kFree;
  room::Dialect dialect = room::Dialect::kV1;
  room::Framing framing = room::Framing::kChunked;
  bool can_write = true;   // the last write took everything
  bool is_marked = false;  // is in the set's list of those to read on
  bool is_doomed = false;  // is in the set's list of those to close
  std::uint32_t input_bytes = 0;

  // In seconds of the set's own clock.
  std::uint32_t last_write = 0;
  std::uint32_t last_progress = 0;  // while not live
  std::uint32_t end_of_life = 0;    // 0: none

  // What few streams have.
  struct More {
    struct Place {
      Room* room = nullptr;
      std::uint32_t place = 0;
    };
    std::vector<Place> rooms;                     // of a stream with many
    std::vector<const room::RenderedEvent*> due;  // in this turn, of a stream with many
    std::string name;                             // under which it joined
    std::string user;                             // the id of who joined, if there is one
    KeyedCount::Place of_user;                    // among the streams of that user
    std::string holder;                           // of the right to it, if it takes one
    std::uint64_t expires_milliseconds = 0;       // when that right does; 0: never
  };
  std::unique_ptr<More> more;
};

}  // namespace tinychat::hub
