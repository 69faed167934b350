// Hands what the log has grown by to every shard: each event rendered once, batches that name the head they
// follow, and the committed head before any of them.
//
// A shard whose mailbox is full misses the batch. That is no loss: the shard notices by the next one's
// `previous`, and its streams read on from their cursors in the journal.
//
// Thread: the one that learns of the log's growth, alone: the writer where it makes it, the tail where the
// log is shared.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "hub/committed_head.h"
#include "hub/messages.h"
#include "room/event.h"

namespace tinychat::hub {

class Delivery {
 public:
  static constexpr auto kNudgeInterval = std::chrono::milliseconds(50);

  // References must outlive it. `head`: everything up to here was before its time.
  Delivery(std::vector<ShardInbox*> shards, CommittedHead& committed_head, EventId head);

  // For batches that shards have not taken yet. It outlives them. Without one there is no bound.
  void use(ByteBudget& budget) { budget_ = &budget; }

  // What follows head() in the log.
  struct Growth {
    EventId head;                           // with it; 0-0: the last event's id
    std::vector<room::SharedEvent> events;  // in id order
    std::vector<Transient> transients;
    std::vector<Notice> notices;
  };
  // If there is no memory for it: as skip_to().
  void deliver(Growth&& growth);

  // What lies between head() and `head` is not here to be handed out: every stream reads it in the journal.
  void skip_to(EventId head);

  // A shard that missed the last batch of all would otherwise learn of it with the next one only: call it
  // now and then (kNudgeInterval) while missed_some().
  void nudge_shards_that_missed_some();
  [[nodiscard]] bool missed_some() const;

  [[nodiscard]] EventId head() const { return head_; }

 private:
  void push(std::size_t shard, const SharedBatch& batch);

  const std::vector<ShardInbox*> shards_;
  CommittedHead& committed_head_;
  ByteBudget* budget_ = nullptr;
  EventId head_;
  std::vector<bool> missed_some_;  // per shard
};

}  // namespace tinychat::hub
