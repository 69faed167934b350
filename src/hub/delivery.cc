#include "hub/delivery.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace tinychat::hub {

namespace {

std::size_t bytes_of(const std::vector<room::SharedEvent>& events) {
  std::size_t bytes = 0;
  for (const auto& event : events) {
    for (const auto& frame : event->frames) bytes += frame.chunked().size();
  }
  return bytes;
}

}  // namespace

Delivery::Delivery(std::vector<ShardInbox*> shards, CommittedHead& committed_head, EventId head)
    : shards_(std::move(shards)),
      committed_head_(committed_head),
      head_(head),
      missed_some_(shards_.size(), false) {}

void Delivery::deliver(Growth&& growth) {
  if (!growth.events.empty()) growth.head = std::max(growth.head, growth.events.back()->id);
  if (growth.head <= head_ && growth.transients.empty() && growth.notices.empty()) return;
  ByteBudget::Share held = budget_ == nullptr ? ByteBudget::Share() : ByteBudget::Share(*budget_);
  if (!held.resize(bytes_of(growth.events))) return skip_to(growth.head);
  auto batch = std::make_shared<Batch>();
  batch->held = std::move(held);
  batch->previous = head_;
  head_ = std::max(head_, growth.head);
  batch->head = head_;
  batch->events = std::move(growth.events);
  batch->transients = std::move(growth.transients);
  batch->notices = std::move(growth.notices);
  committed_head_.store(head_);
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) push(shard, batch);
}

Transient transient_of(room::SignalText&& signal) {
  const auto frame = room::render_signal(signal.event, signal.json);
  return {.room = std::move(signal.room),
          .frames = {frame, frame},
          .is_first = false,
          .is_v1_only = true,
          .user = std::move(signal.user)};
}

void Delivery::skip_to(EventId head) {
  if (head <= head_) return;
  head_ = head;
  committed_head_.store(head_);
  // As if each had missed what was not there.
  missed_some_.assign(shards_.size(), true);
  nudge_shards_that_missed_some();
}

void Delivery::push(std::size_t shard, const SharedBatch& batch) {
  if (!shards_[shard]->try_push(batch)) missed_some_[shard] = true;
}

void Delivery::nudge_shards_that_missed_some() {
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!missed_some_[shard]) continue;
    auto nudge = std::make_shared<Batch>();
    nudge->previous = nudge->head = head_;
    missed_some_[shard] = false;
    push(shard, nudge);
  }
}

bool Delivery::missed_some() const { return std::ranges::find(missed_some_, true) != missed_some_.end(); }

}  // namespace tinychat::hub
