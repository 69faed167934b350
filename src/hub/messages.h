// What travels between the threads: commands to the writer, messages to the shards.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/byte_budget.h"
#include "base/clock.h"
#include "base/mailbox.h"
#include "hub/shard_port.h"
#include "room/rendered_event.h"
#include "room/room_log.h"
#include "room/signal.h"

namespace tinychat::hub {

// --- To a shard --------------------------------------------------------------------------------

// Told to whoever listens at the moment, and to nobody later.
struct Transient {
  std::string room;  // whose streams
  room::Frames frames;
  bool is_first = false;    // told before the events of its batch; otherwise after them
  bool is_v1_only = false;  // the frames are the same, and one dialect does not get them
  std::string user = {};    // if there is one: whose streams, whatever rooms they follow
};

[[nodiscard]] Transient transient_of(room::SignalText&& signal);

// Told to every stream, whatever it follows.
struct Notice {
  enum class Kind : std::uint8_t {
    kStatus,  // how the server fares: to whoever is live
    kReset,   // what was told before may never have been: to all, also those that are behind
  };
  Kind kind = Kind::kStatus;
  bool is_trouble = false;  // of a status: newcomers are told it, too, until it is over
  wire::Frame frame;        // the same in every dialect
};

// A committed piece of the log, the same for every shard. Immutable, any thread.
struct Batch {
  EventId previous;  // the head before it: a shard whose head is another has missed something
  EventId head;      // the head with it
  std::vector<room::SharedEvent> events;  // in id order, previous < id <= head
  std::vector<Transient> transients;
  std::vector<Notice> notices;  // told after the rest
  SteadyTime committed_at;      // or when this node read of it
  ByteBudget::Share held;       // for the events, until every shard has them
};
using SharedBatch = std::shared_ptr<const Batch>;

struct PublishAck {
  std::uint64_t ticket = 0;
  Result<Published> outcome;
};
using PublishAcks = std::vector<PublishAck>;

// What a journal question left to be done on the shard.
using Completion = std::move_only_function<void()>;

using ShardMessage = std::variant<SharedBatch, PublishAcks, Completion>;
using ShardInbox = Mailbox<ShardMessage>;

// --- To the writer -----------------------------------------------------------------------------

struct PublishCommand {
  std::size_t shard = 0;     // where the ack goes
  std::uint64_t ticket = 0;  // the shard's name for it
  PublishRequest request;
  ByteBudget::Share held = {};
};

struct PresenceCommand {
  enum class Kind : std::uint8_t {
    kJoin,
    kLeave,
    kLeaveSoon,  // the server closed the stream and expects it back: told only if it stays away
  };
  Kind kind = Kind::kJoin;
  std::string room;
  std::string name;
  std::string user = {};  // the id of a user, or empty
};

struct AttendanceAsked {
  std::size_t shard = 0;  // where the answer goes
  std::string room;
  ShardPort::AttendanceDone done;
};

struct EraseAsked {
  std::size_t shard = 0;  // where the answer goes
  std::string author;
  ShardPort::EraseDone done;
};

using WriterCommand = std::variant<PublishCommand, PresenceCommand, Signal, AttendanceAsked, EraseAsked>;
using WriterInbox = Mailbox<WriterCommand>;

}  // namespace tinychat::hub
