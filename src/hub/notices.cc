// What all streams are told, whatever they follow; and those that came with a cursor that this log never
// reaches.

#include <utility>

#include "base/limits.h"
#include "hub/stream_set.h"
#include "wire/json_writer.h"
#include "wire/sse.h"

namespace tinychat::hub {

template <typename Tell>
void StreamSet::tell_all(const wire::Frame& frame, Tell tell) {
  for (const auto framing : {room::Framing::kChunked, room::Framing::kPlain}) {
    room::Burst& burst = bursts_.emplace_back(framing);
    burst.append_transient(frame);
    for (Slot slot = 0; slot < streams_.size(); ++slot) {
      const Stream& stream = streams_[slot];
      if (stream.state != StreamState::kFree && stream.framing == framing) tell(slot, burst);
    }
    flush_sends();
  }
  close_doomed();
}

void StreamSet::take(const Notice& notice) {
  // What was taken before is told first.
  fan_out();
  const bool is_reset = notice.kind == Notice::Kind::kReset;
  if (is_reset) {
    measures_.reset(ResetReason::kLogLost);
    rooms_.restart(head_);
  } else {
    // Those that are ahead of it wait anew: the log may have been away.
    for (const Slot slot : ahead_) streams_[slot].last_progress = seconds();
    trouble_.reset();
    if (notice.is_trouble) trouble_.emplace(notice.frame);
  }
  tell_all(notice.frame, [&](Slot slot, const room::Burst& burst) {
    if (streams_[slot].state == StreamState::kLive) {
      send_live(slot, burst);
    } else if (is_reset) {
      tell_reset_before_reading_on(slot, burst.bytes());
    }
  });
}

void StreamSet::forget_written_by(std::string_view author) {
  fan_out();
  rooms_.restart(head_);
  std::string json;
  wire::append_json_member(json, "author", author);
  const auto frame = wire::Frame::of(wire::event_payload("messagesErased", std::nullopt, json + '}'));
  tell_all(frame, [&](Slot slot, const room::Burst& burst) {
    Stream& stream = streams_[slot];
    // An answer that is under way is of before.
    if (stream.state == StreamState::kReading) {
      stream.state = StreamState::kBehind;
      mark(slot);
    }
    // Whose id it is, is for people to know, not for whoever follows a room.
    const bool is_users = stream.more && !stream.more->user.empty();
    if (is_users && stream.state == StreamState::kLive && stream.dialect == room::Dialect::kV1) {
      send_live(slot, burst);
    }
  });
}

void StreamSet::tell_reset_before_reading_on(Slot slot, std::string_view frame) {
  Stream& stream = streams_[slot];
  if (!keep_rest(stream, stream.rest + std::string(frame))) return doom(slot, net::CloseReason::kOverBudget);
  // An answer that is under way is of before.
  stream.state = StreamState::kBehind;
  stream.cursor = std::min(stream.cursor, head_);
  mark(slot);
}

// It has seen what this log does not have, and what the other nodes would have told by now.
void StreamSet::reset_if_ahead_for_too_long(Slot slot) {
  Stream& stream = streams_[slot];
  if (trouble_ || seconds() - stream.last_progress < limits::kAheadPatience.count()) return;
  measures_.reset(ResetReason::kUnknownCursor);
  const auto reset = wire::Frame::of(wire::event_payload("reset", head_, R"({"reason":"unknown-cursor"})"));
  tell_reset_before_reading_on(slot, room::bytes_of(reset, stream.framing));
}

}  // namespace tinychat::hub
