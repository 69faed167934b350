// Reading on from a cursor: from the room logs where they cover it, else from the journal.

#include <algorithm>
#include <memory>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "hub/stream_set.h"
#include "wire/sse.h"

namespace tinychat::hub {
namespace {

// Pieces that one stream may read in one turn; then the others have theirs.
constexpr int kPiecesPerTurn = 4;

EventId predecessor(EventId id) {
  if (id.sequence > 0) return {id.milliseconds, id.sequence - 1};
  return {id.milliseconds - 1, EventIdSource::kSequencesPerMillisecond - 1};
}

}  // namespace

// What the journal had to say to a stream, rendered for it.
struct StreamSet::CatchUpPage {
  room::Burst burst;
  EventId cursor;  // everything up to here has been seen once the burst is sent
  ByteBudget::Share held;
};

bool StreamSet::catch_up() {
  catch_up_bytes_ = 0;
  for (const Slot slot : std::exchange(marked_, {})) {
    if (catch_up_bytes_ > limits::kCatchUpBytesPerTurn) {
      marked_.push_back(slot);
      continue;
    }
    streams_[slot].is_marked = false;
    if (streams_[slot].state != StreamState::kBehind) continue;
    Step step = Step::kAgain;
    for (int piece = 0; piece < kPiecesPerTurn && step == Step::kAgain; ++piece) step = read_on(slot);
    if (step == Step::kAgain) mark(slot);
  }
  close_doomed();
  return !marked_.empty();
}

StreamSet::Step StreamSet::read_on(Slot slot) {
  Stream& stream = streams_[slot];
  if (!stream.can_write) return Step::kStop;
  if (!stream.rest.empty()) return flush_rest(slot);
  if (stream.cursor >= head_) {
    // Ahead: it has seen on another shard what is still on its way to this one.
    const bool is_ahead = stream.cursor > head_;
    stream.state = is_ahead ? StreamState::kAhead : StreamState::kLive;
    if (is_ahead) ahead_.push_back(slot);
    return Step::kStop;
  }
  room::Burst burst(stream.framing);
  switch (collect_recent(stream, burst)) {
    case Recent::kNotCovered: ask_for_page(slot); return Step::kStop;
    case Recent::kPiece: return send_behind(slot, burst, burst.last_id());
    case Recent::kAll: return send_behind(slot, burst, head_);
  }
  return Step::kStop;
}

StreamSet::Step StreamSet::flush_rest(Slot slot) {
  Stream& stream = streams_[slot];
  const net::IoResult sent = transport_.write(stream.fd, stream.rest);
  if (sent.status == net::IoStatus::kFailed) {
    doom(slot, net::CloseReason::kPeerFailed);
    return Step::kStop;
  }
  if (sent.bytes > 0) stream.last_progress = stream.last_write = seconds();
  if (sent.bytes == stream.rest.size()) {
    drop_rest(stream);
    return Step::kAgain;
  }
  (void)keep_rest(stream, stream.rest.substr(sent.bytes));
  stream.can_write = false;
  return Step::kStop;
}

StreamSet::Step StreamSet::send_behind(Slot slot, const room::Burst& burst, EventId after_all) {
  Stream& stream = streams_[slot];
  const std::string_view bytes = burst.bytes();
  const net::IoResult sent =
      bytes.empty() ? net::IoResult{net::IoStatus::kDone, 0} : transport_.write(stream.fd, bytes);
  if (sent.status == net::IoStatus::kFailed) {
    doom(slot, net::CloseReason::kPeerFailed);
    return Step::kStop;
  }
  catch_up_bytes_ += sent.bytes;
  if (sent.bytes > 0) stream.last_progress = stream.last_write = seconds();
  if (sent.bytes == bytes.size()) {
    stream.cursor = after_all;
    return Step::kAgain;
  }
  const auto cut = burst.cut_at(sent.bytes);
  stream.cursor = std::max(cut.cursor, stream.cursor);
  stream.can_write = false;
  if (!keep_rest(stream, cut.rest)) doom(slot, net::CloseReason::kOverBudget);
  return Step::kStop;
}

// --- From the room logs ------------------------------------------------------------------------

// Merges what the logs of the stream's rooms have after its cursor, in id order.
StreamSet::Recent StreamSet::collect_recent(const Stream& stream, room::Burst& burst) {
  struct Source {
    const room::RoomLog* log;
    std::size_t next;
  };
  std::vector<Source> sources;
  const auto add = [&](const Room& room) {
    if (!room.log.covers(stream.cursor)) return false;
    const std::size_t first = room.log.first_after(stream.cursor);
    if (first < room.log.size()) sources.push_back({&room.log, first});
    return true;
  };
  if (stream.room != nullptr) {
    if (!add(*stream.room)) return Recent::kNotCovered;
  } else {
    for (const auto& place : stream.more->rooms) {
      if (!add(*place.room)) return Recent::kNotCovered;
    }
  }
  const auto next_id = [](const Source& source) { return source.log->at(source.next)->id; };
  while (!sources.empty()) {
    if (burst.bytes().size() >= limits::kCatchUpBytesMax) return Recent::kPiece;
    const auto oldest = std::ranges::min_element(sources, {}, next_id);
    const auto& event = *oldest->log->at(oldest->next);
    burst.append(event.id, event.frame(stream.dialect));
    if (++oldest->next == oldest->log->size()) sources.erase(oldest);
  }
  return Recent::kAll;
}

// --- From the journal --------------------------------------------------------------------------

void StreamSet::ask_for_page(Slot slot) {
  Stream& stream = streams_[slot];
  std::vector<std::string> rooms;
  if (stream.room != nullptr) {
    rooms.push_back(stream.room->name);
  } else {
    for (const auto& place : stream.more->rooms) rooms.push_back(place.room->name);
  }
  const std::uint32_t number = ++last_question_;
  auto question = [this, budget = settings_.budget, slot, number, rooms = std::move(rooms),
                   after = stream.cursor, through = head_, dialect = stream.dialect,
                   framing = stream.framing](journal::JournalReader& reader) -> Completion {
    Result<CatchUpPage> answer = std::unexpected(Error{Code::kStorageFailed, ""});
    auto page = reader.read_after(rooms, after, through, limits::kCatchUpEventsMax, limits::kCatchUpBytesMax);
    if (page) {
      answer.emplace(CatchUpPage{.burst = room::Burst(framing), .cursor = through, .held = {}});
      if (page->gap) {
        // Told once: nothing is left between the cursor and the first event.
        answer->burst.append(
            page->events.empty() ? through : predecessor(page->events.front().id),
            wire::Frame::of(wire::event_payload("reset", std::nullopt, R"({"reason":"trimmed"})")));
      }
      for (const auto& event : page->events) answer->burst.append(event.id, room::render(event, dialect));
      if (!page->complete) answer->cursor = answer->burst.last_id();
      if (budget != nullptr) answer->held = ByteBudget::Share(*budget);
      if (!answer->held.resize(answer->burst.bytes().size())) answer = fail(Code::kOverloaded, "");
    } else {
      answer = std::unexpected(page.error());
    }
    return [this, slot, number, answer = std::move(answer)]() mutable {
      on_page(slot, number, std::move(answer));
    };
  };
  // Refused: on_second() marks it again.
  if (!owner_.ask_journal(std::move(question))) return;
  stream.state = StreamState::kReading;
  stream.question = number;
}

void StreamSet::on_page(Slot slot, std::uint32_t question, Result<CatchUpPage>&& page) {
  Stream& stream = streams_[slot];
  if (stream.state != StreamState::kReading || stream.question != question) return;
  stream.state = StreamState::kBehind;
  stream.last_progress = seconds();
  // Where the journal is will be found again, and there will be memory; the stream stays, and asks again in a
  // second.
  if (!page && (page.error().code == Code::kUnavailable || page.error().code == Code::kOverloaded)) return;
  if (!page) {
    log(info(page.error().code).log_level, "cannot read the journal for a stream: " + page.error().detail);
    close(slot, net::CloseReason::kUnreadable);
    return;
  }
  if (send_behind(slot, page->burst, page->cursor) == Step::kAgain) mark(slot);
  close_doomed();
}

}  // namespace tinychat::hub
