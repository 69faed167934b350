// The one thread that orders and commits.
//
// It takes all publishes that are waiting, has the journal store them in one piece (group commit: while one
// commit is under way the next batch gathers), renders each event once, hands the batch to every shard
// (see Delivery), and only then acknowledges. Nothing leaves it before it is committed: not an event, not
// an ack.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/pulse.h"
#include "base/readiness.h"
#include "hub/committed_head.h"
#include "hub/delivery.h"
#include "hub/measures.h"
#include "hub/messages.h"
#include "hub/retention_clock.h"
#include "journal/journal.h"
#include "journal/shared_log.h"
#include "room/presence.h"
#include "room/signal.h"
#include "room/throttle.h"

namespace tinychat::hub {

class Writer {
 public:
  // All references must outlive the writer, which uses the journal alone. `inbox` is where commands
  // come from; closing it ends run() once everything in it is done.
  Writer(journal::Journal& journal, const Clock& clock, WriterInbox& inbox, std::vector<ShardInbox*> shards,
         CommittedHead& committed_head);
  // The same over a journal that several nodes share: a tail delivers, and people are counted over all nodes.
  Writer(journal::Journal& journal, const Clock& clock, WriterInbox& inbox, std::vector<ShardInbox*> shards,
         journal::SharedPresence& presence);
  // Before run(): where it says whether messages can be stored. `readiness` must outlive it.
  void use(Readiness& readiness) { readiness_ = &readiness; }
  // Before run(): see Delivery::use().
  void use(ByteBudget& budget) {
    if (delivery_) delivery_->use(budget);
  }

  // Any thread.
  [[nodiscard]] const WriterMeasures& measures() const { return measures_; }
  // Before run(): how old events may get (zero: as old as they like), see RetentionClock.
  void keep_for(std::chrono::milliseconds age) { age_max_ = age; }

  // Works until the inbox is closed and empty. On the writer's own thread.
  void run();
  // Any thread. It beats at least once a second.
  [[nodiscard]] const Pulse& pulse() const { return pulse_; }

  // One round: handles these commands. For run(), and for tests that hold the clock.
  void handle(std::span<WriterCommand> commands);
  // What is due by time: deferred leaves, trimming by age.
  void handle_time();

 private:
  struct Round;

  void take(PublishCommand& command, Round& round);
  void take(PresenceCommand& command, Round& round);
  void take(AttendanceAsked& asked, Round& round);
  void take(EraseAsked& asked, Round& round);
  void take(Signal& signal, Round& round);
  void leave(std::string_view room, const room::Person& person, Round& round);
  void tell_presence(room::PresenceChange change, std::string_view room, const room::Person& person,
                     Round& round);
  void commit(Round& round);
  void deliver(Round& round);
  void acknowledge(Round& round);
  void pass_on_signals(Round& round);
  void note_storing(const std::string& trouble);
  Result<bool> trim();
  void erase_a_piece();
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
  std::optional<Delivery> delivery_;
  journal::SharedPresence* shared_presence_ = nullptr;
  Readiness* readiness_ = nullptr;
  WriterMeasures measures_;
  SteadyTime committed_at_;
  room::Presence presence_;
  room::Throttle typing_{limits::kTypingInterval};
  std::deque<DeferredLeave> deferred_leaves_;  // in the order they are due
  struct Erasure {
    EraseAsked asked;
    std::uint64_t events = 0;  // so far
    std::string from;
  };
  std::deque<Erasure> erasures_;  // the first is under way
  std::chrono::milliseconds age_max_{0};
  std::optional<RetentionClock> retention_clock_;  // from the first trim on
  SteadyTime next_trim_;
  SteadyTime next_renewal_;
  bool cannot_store_ = false;
  Pulse pulse_;
  SteadyTime next_check_;
};

}  // namespace tinychat::hub
