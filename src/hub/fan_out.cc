// Telling live streams what has been committed.
//
// What is told to the streams of one room, dialect and framing is the same bytes, so they are put
// together once a turn and sent to each with one write. A stream with many rooms gets its own. The writes of
// a turn go to the kernel many at a time.

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "hub/stream_set.h"
#include "wire/sse.h"

namespace tinychat::hub {
namespace {

// Streams that are written to together: enough to save system calls, and few enough that each is still in the
// processor's cache when its result comes.
constexpr std::size_t kSendsTogether = 512;

}  // namespace

// --- Taking batches ----------------------------------------------------------------------------

void StreamSet::apply(std::span<const SharedBatch> batches) {
  for (const auto& batch : batches) {
    apply(*batch);
    batches_.push_back(batch);
  }
  if (batches.empty()) return;
  for (const Slot slot : std::exchange(ahead_, {})) {
    if (streams_[slot].state != StreamState::kAhead) continue;
    streams_[slot].state = StreamState::kBehind;
    mark(slot);
  }
}

void StreamSet::apply(const Batch& batch) {
  if (batch.previous != head_) {
    if (batch.head <= head_) return;
    miss_everything_up_to(batch.previous);
  }
  for (const auto& event : batch.events) {
    Room* room = rooms_.find(event->room);
    if (room == nullptr) continue;
    touch(*room);
    rooms_.append(*room, event);
    for (const Slot slot : room->multi) {
      Stream& stream = streams_[slot];
      if (stream.state != StreamState::kLive) continue;
      if (stream.more->due.empty()) touched_multi_.push_back(slot);
      stream.more->due.push_back(event.get());
    }
  }
  head_ = batch.head;
  for (const auto& notice : batch.notices) take(notice);
}

void StreamSet::touch(Room& room) {
  if (std::exchange(room.is_touched, true)) return;
  room.fresh_from = room.log.size();
  touched_rooms_.push_back(&room);
}

// This shard's mailbox was full and batches passed it by. What it has taken before is told first; then
// every live stream is behind, and reads what was missed in the journal.
void StreamSet::miss_everything_up_to(EventId head) {
  measures_.batches_missed.add();
  log_repeating("missed", LogLevel::kWarning,
                "a shard could not keep up with what was committed: its streams read on in the journal");
  fan_out();
  for (Slot slot = 0; slot < streams_.size(); ++slot) {
    Stream& stream = streams_[slot];
    if (stream.state != StreamState::kLive) continue;
    stream.state = StreamState::kBehind;
    stream.cursor = head_;
    stream.last_progress = seconds();
    mark(slot);
  }
  rooms_.restart(head);
  head_ = told_head_ = head;
}

// --- Telling -----------------------------------------------------------------------------------

void StreamSet::fan_out() {
  tell_transients(true);
  for (Room* room : std::exchange(touched_rooms_, {})) tell_room(*room);
  for (const Slot slot : std::exchange(touched_multi_, {})) tell_multi(slot);
  flush_sends();
  told_head_ = head_;
  tell_transients(false);
  measure_fan_out();
  batches_.clear();
  close_doomed();
  rooms_.evict();
}

void StreamSet::measure_fan_out() {
  if (batches_.empty()) return;
  const SteadyTime now = clock_.steady();
  for (const auto& batch : batches_) {
    if (!batch->events.empty()) measures_.fan_out_times.observe(now - batch->committed_at);
  }
}

void StreamSet::tell_room(Room& room) {
  room.is_touched = false;
  for (std::size_t dialect = 0; dialect < room::kDialects; ++dialect) {
    for (std::size_t framing = 0; framing < room::kFramings; ++framing) {
      const auto& followers = room.single[dialect][framing];
      if (followers.empty()) continue;
      room::Burst& burst = bursts_.emplace_back(static_cast<room::Framing>(framing));
      for (std::size_t i = room.fresh_from; i < room.log.size(); ++i) {
        const auto& event = *room.log.at(i);
        burst.append(event.id, event.frame(static_cast<room::Dialect>(dialect)));
      }
      for (const Slot slot : followers) send_live(slot, burst);
    }
  }
}

void StreamSet::tell_multi(Slot slot) {
  Stream& stream = streams_[slot];
  room::Burst& burst = bursts_.emplace_back(stream.framing);
  for (const auto* event : stream.more->due) burst.append(event->id, event->frame(stream.dialect));
  stream.more->due.clear();
  send_live(slot, burst);
}

// What is told at the moment, as it is sent: whoever gets some of it gets all of it with one write.
struct StreamSet::Moment {
  struct ToRoom {
    std::optional<room::Burst> bursts[room::kDialects][room::kFramings];
  };
  std::unordered_map<Room*, ToRoom> to_rooms;        // for the streams that follow this room alone
  std::unordered_map<Slot, room::Burst> to_streams;  // for others
};

void StreamSet::tell_transients(bool first) {
  Moment moment;
  for (const auto& batch : batches_) {
    for (const auto& transient : batch->transients) {
      if (transient.is_first == first) collect(transient, moment);
    }
  }
  for (auto& [room, told] : moment.to_rooms) {
    for (std::size_t dialect = 0; dialect < room::kDialects; ++dialect) {
      for (std::size_t framing = 0; framing < room::kFramings; ++framing) {
        const auto& burst = told.bursts[dialect][framing];
        if (!burst) continue;
        for (const Slot slot : room->single[dialect][framing]) send_live(slot, *burst);
      }
    }
  }
  flush_sends();
  for (const auto& [slot, burst] : moment.to_streams) send_live(slot, burst);
  flush_sends();
}

void StreamSet::collect(const Transient& transient, Moment& moment) {
  std::span<const Slot> mixed;  // of any dialect and framing
  if (transient.user.empty()) {
    Room* const room = rooms_.find(transient.room);
    if (room == nullptr) return;
    collect(transient, *room, moment);
    mixed = room->multi;
  } else {
    const auto slots = streams_of_user_.find(transient.user);
    if (slots == streams_of_user_.end()) return;
    mixed = slots->second;
  }
  for (const Slot slot : mixed) {
    const Stream& stream = streams_[slot];
    if (stream.state != StreamState::kLive) continue;
    if (transient.is_v1_only && stream.dialect != room::Dialect::kV1) continue;
    auto& burst = moment.to_streams.try_emplace(slot, stream.framing).first->second;
    burst.append_transient(transient.frames[static_cast<std::size_t>(stream.dialect)]);
  }
}

void StreamSet::collect(const Transient& transient, Room& room, Moment& moment) {
  for (std::size_t dialect = 0; dialect < room::kDialects; ++dialect) {
    if (transient.is_v1_only && static_cast<room::Dialect>(dialect) != room::Dialect::kV1) continue;
    for (std::size_t framing = 0; framing < room::kFramings; ++framing) {
      if (room.single[dialect][framing].empty()) continue;
      auto& burst = moment.to_rooms[&room].bursts[dialect][framing];
      if (!burst) burst.emplace(static_cast<room::Framing>(framing));
      burst->append_transient(transient.frames[dialect]);
    }
  }
}

// --- Sending -----------------------------------------------------------------------------------

void StreamSet::send_live(Slot slot, const room::Burst& burst) {
  const Stream& stream = streams_[slot];
  if (stream.state != StreamState::kLive) return;
  sends_.push_back({.fd = stream.fd, .bytes = burst.bytes(), .result = {}});
  recipients_.push_back({slot, &burst});
  if (sends_.size() < kSendsTogether) return;
  flush_sends();
}

void StreamSet::flush_sends() {
  transport_.write_each(sends_);
  const std::uint32_t now = seconds();
  std::size_t events = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < sends_.size(); ++i) {
    events += settle(recipients_[i].slot, *recipients_[i].burst, sends_[i].result, now);
    bytes += sends_[i].result.bytes;
  }
  measures_.deliveries.add(events);
  measures_.bytes_sent.add(bytes);
  measures_.writes.add(sends_.size());
  sends_.clear();
  recipients_.clear();
  // The last of them may still be on its way to others.
  while (bursts_.size() > 1) bursts_.pop_front();
}

// What a live stream was sent of a burst: what it did not take makes it behind.
std::size_t StreamSet::settle(Slot slot, const room::Burst& burst, net::IoResult sent, std::uint32_t now) {
  Stream& stream = streams_[slot];
  if (sent.status == net::IoStatus::kFailed) {
    doom(slot, net::CloseReason::kPeerFailed);
    return 0;
  }
  stream.last_write = now;
  if (sent.bytes == burst.bytes().size()) return burst.events();
  measures_.fell_behind.add();
  const auto cut = burst.cut_at(sent.bytes);
  stream.state = StreamState::kBehind;
  stream.cursor = std::max(cut.cursor, told_head_);
  stream.can_write = false;
  stream.last_progress = now;
  if (!keep_rest(stream, cut.rest)) doom(slot, net::CloseReason::kOverBudget);
  return cut.events;
}

}  // namespace tinychat::hub
