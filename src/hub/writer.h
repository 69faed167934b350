// The one thread that orders and commits.
//
// It takes all publishes that are waiting, gives them ids, commits them to the journal in one piece
// (group commit: while one commit is under way the next batch gathers), renders each event once, hands
// the batch to every shard, and only then acknowledges. Nothing leaves it before it is committed: not an
// event, not an ack.
//
// A shard whose mailbox is full misses the batch. That is no loss: batches name the head they follow, so
// the shard notices, and its streams read on from their cursors in the journal.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/event_id.h"
#include "base/limits.h"
#include "hub/messages.h"
#include "journal/journal.h"
#include "room/presence.h"
#include "room/signal.h"
#include "room/throttle.h"

namespace tinychat::hub {

// The newest id that has been committed, told to the shards before any of them gets the event.
// Written by the writer (release), read by the shards (acquire).
class CommittedHead {
 public:
  explicit CommittedHead(EventId head) : packed_(pack(head)) {}
  void store(EventId head) { packed_.store(pack(head), std::memory_order_release); }
  // Whether the cursor can have come from this log.
  [[nodiscard]] bool reaches(EventId cursor) const {
    return pack(cursor) <= packed_.load(std::memory_order_acquire) &&
           cursor.sequence < EventIdSource::kSequencesPerMillisecond;
  }

 private:
  // EventIdSource keeps sequences within 20 bits, and milliseconds fit 43 bits until the year 2248.
  static std::uint64_t pack(EventId id) {
    constexpr std::uint64_t kMillisecondsMax = (std::uint64_t{1} << 43U) - 1;
    return (std::min(id.milliseconds, kMillisecondsMax) << 20U) +
           std::min(id.sequence, EventIdSource::kSequencesPerMillisecond - 1);
  }

  std::atomic<std::uint64_t> packed_;
};

class Writer {
 public:
  // All references must outlive the writer, which uses the journal alone. `inbox` is where commands
  // come from; closing it ends run() once everything in it is done.
  Writer(journal::Journal& journal, const Clock& clock, WriterInbox& inbox, std::vector<ShardInbox*> shards,
         CommittedHead& committed_head);

  // Works until the inbox is closed and empty. On the writer's own thread.
  void run();

  // One round: handles these commands. For run(), and for tests that hold the clock.
  void handle(std::span<WriterCommand> commands);
  // What is due by time: deferred leaves, trimming by age.
  void handle_time();

 private:
  struct Round;

  void take(PublishCommand& command, Round& round);
  void take(PresenceCommand& command, Round& round);
  void take(PresenceAsked& asked, Round& round);
  void take(Signal& signal, Round& round);
  void leave(std::string_view room, const room::Person& person, Round& round);
  void tell_presence(room::PresenceChange change, std::string_view room, const room::Person& person,
                     Round& round);
  void commit(Round& round);
  void acknowledge(Round& round);
  void deliver(Round& round);
  void push_batch(std::size_t shard, const SharedBatch& batch);
  void nudge_shards_that_missed_some();
  [[nodiscard]] SteadyTime next_deadline() const;

  struct DeferredLeave {
    SteadyTime due;
    std::string room;
    room::Person person;
  };

  journal::Journal& journal_;
  const Clock& clock_;
  WriterInbox& inbox_;
  const std::vector<ShardInbox*> shards_;
  CommittedHead& committed_head_;
  EventIdSource ids_;
  EventId head_;  // the newest committed
  room::Presence presence_;
  room::Throttle typing_{limits::kTypingInterval};
  std::deque<DeferredLeave> deferred_leaves_;  // in the order they are due
  std::vector<bool> missed_some_;              // per shard
  SteadyTime next_trim_;
};

}  // namespace tinychat::hub
