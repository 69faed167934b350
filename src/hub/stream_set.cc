#include "hub/stream_set.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "base/limits.h"
#include "wire/sse.h"

namespace tinychat::hub {
namespace {

using namespace std::chrono_literals;

// About what a room takes that somebody follows, a stream's place in one, and the writer's knowledge of
// somebody who is there.
constexpr std::size_t kRoomBytes = 512;
constexpr std::size_t kPlaceBytes = 32;
constexpr std::size_t kJoinBytes = 768;

constexpr std::uint64_t token_of(std::uint32_t slot, std::uint32_t generation) {
  return (std::uint64_t{generation} << 32U | slot) & net::Reactor::kTokenMax;
}

// After these the subscriber is expected back.
bool is_coming_back(net::CloseReason reason) {
  using enum net::CloseReason;
  return reason == kLifetime || reason == kStreamStall || reason == kUnreadable || reason == kOverBudget ||
         reason == kStopping;
}

}  // namespace

StreamSet::StreamSet(const StreamSettings& settings, StreamTransport& transport, StreamSetOwner& owner,
                     const Clock& clock, net::CloseCounters& counters, const CommittedHead& committed_head,
                     StreamCount& count, EventId head)
    : settings_(settings),
      transport_(transport),
      owner_(owner),
      clock_(clock),
      counters_(counters),
      committed_head_(committed_head),
      count_(count),
      // A second ago, because 0 stands for "never" in end_of_life.
      started_(clock.steady() - 1s),
      random_(std::random_device{}()),
      head_(head),
      told_head_(head),
      rooms_(settings.recent_bytes_max),
      held_(settings.budget == nullptr ? ByteBudget::Share() : ByteBudget::Share(*settings.budget)) {}

StreamSet::~StreamSet() {
  for (const auto& stream : streams_) {
    if (stream.state != StreamState::kFree) transport_.close(stream.fd);
  }
}

// --- Coming ------------------------------------------------------------------------------------

void StreamSet::attach(net::StreamSocket&& socket, StreamRequest&& request) {
  if (!can_hold(request)) return turn_away(std::move(socket));
  const bool is_reset = is_foreign(request);
  measures_.opened.add();
  if (is_reset) measures_.reset(ResetReason::kUnknownCursor);
  const Slot slot = allocate();
  Stream& stream = streams_[slot];
  stream.fd = socket.fd.release();
  stream.dialect = request.dialect;
  stream.framing = socket.is_chunked ? room::Framing::kChunked : room::Framing::kPlain;
  stream.cursor = is_reset ? head_ : request.cursor.value_or(head_);
  stream.connection = std::move(socket.place);
  stream.last_write = stream.last_progress = seconds();
  if (settings_.lifetime > 0s) {
    const std::chrono::milliseconds lifetime = settings_.lifetime;
    stream.end_of_life =
        seconds() + static_cast<std::uint32_t>(draw(lifetime * 3 / 4, lifetime * 5 / 4) / 1s);
  }
  if (request.rooms.size() > 1 || !request.name.empty()) {
    stream.more = std::make_unique<Stream::More>();
    stream.more->name = std::move(request.name);
    stream.more->user = std::move(request.user);
    stream.more->of_user = std::move(request.of_user);
    remember_user(slot);
  }
  follow(slot, request.rooms);
  // Before anything can close it: each leave follows a join.
  join_or_leave(stream, PresenceCommand::Kind::kJoin);
  if (!keep_rest(stream, socket.head + room::framed(opening(stream.cursor, is_reset), stream.framing))) {
    return close(slot, net::CloseReason::kOverBudget);
  }
  if (!transport_.add(stream.fd, token_of(slot, stream.generation))) {
    return close(slot, net::CloseReason::kPeerFailed);
  }
  mark(slot);
}

// The cursor is none of ours: nonsense, or of a log that went further than this one has.
bool StreamSet::is_foreign(const StreamRequest& request) const {
  return request.cursor_is_nonsense ||
         (request.cursor && !committed_head_.reaches(*request.cursor, clock_.utc_milliseconds()));
}

std::string StreamSet::opening(EventId cursor, bool is_reset) {
  const std::string id = to_string(cursor);
  std::string payload = wire::retry_line(draw(limits::kRetryMin, limits::kRetryMax));
  payload += wire::event_payload("hello", cursor, R"({"cursor":")" + id + R"("})");
  if (is_reset) payload += wire::event_payload("reset", std::nullopt, R"({"reason":"unknown-cursor"})");
  if (trouble_) payload += trouble_->plain();
  return payload;
}

StreamSet::Slot StreamSet::allocate() {
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(streams_.size()));
    streams_.emplace_back();
  }
  const Slot slot = free_.back();
  free_.pop_back();
  streams_[slot].state = StreamState::kBehind;
  count_.add();
  return slot;
}

// --- Following rooms ---------------------------------------------------------------------------

std::vector<StreamSet::Slot>& StreamSet::list_of(const Stream& stream) {
  return stream.room
      ->single[static_cast<std::size_t>(stream.dialect)][static_cast<std::size_t>(stream.framing)];
}

void StreamSet::follow(Slot slot, const std::vector<std::string>& names) {
  Stream& stream = streams_[slot];
  places_ += names.size();
  if (stream.more && !stream.more->name.empty()) joins_ += names.size();
  if (names.size() == 1) {
    stream.room = &rooms_.find_or_make(names.front(), head_);
    auto& list = list_of(stream);
    stream.place = static_cast<std::uint32_t>(list.size());
    rooms_.gains_follower(*stream.room);
    list.push_back(slot);
    return;
  }
  for (const auto& name : names) {
    Room& room = rooms_.find_or_make(name, head_);
    stream.more->rooms.push_back({&room, static_cast<std::uint32_t>(room.multi.size())});
    rooms_.gains_follower(room);
    room.multi.push_back(slot);
  }
}

// The last of a list takes the place of the one that leaves it.
void StreamSet::unfollow(Slot slot) {
  Stream& stream = streams_[slot];
  const std::size_t rooms = stream.room != nullptr ? 1 : stream.more->rooms.size();
  places_ -= rooms;
  if (stream.more && !stream.more->name.empty()) joins_ -= rooms;
  if (stream.room != nullptr) {
    auto& list = list_of(stream);
    list[stream.place] = list.back();
    streams_[list.back()].place = stream.place;
    list.pop_back();
    rooms_.lost_follower(*stream.room);
    return;
  }
  for (const auto& [room, place] : stream.more->rooms) {
    const Slot last = room->multi.back();
    room->multi[place] = last;
    std::ranges::find(streams_[last].more->rooms, room, &Stream::More::Place::room)->place = place;
    room->multi.pop_back();
    rooms_.lost_follower(*room);
  }
}

void StreamSet::join_or_leave(const Stream& stream, PresenceCommand::Kind kind) {
  if (!stream.more || stream.more->name.empty()) return;
  const auto tell = [&](const Room& room) {
    owner_.tell_presence(
        {.kind = kind, .room = room.name, .name = stream.more->name, .user = stream.more->user});
  };
  if (stream.room != nullptr) tell(*stream.room);
  for (const auto& place : stream.more->rooms) tell(*place.room);
}

void StreamSet::remember_user(Slot slot) {
  const auto& user = streams_[slot].more->user;
  if (!user.empty()) streams_of_user_[user].push_back(slot);
}

void StreamSet::forget_user(Slot slot) {
  const Stream& stream = streams_[slot];
  if (!stream.more || stream.more->user.empty()) return;
  const auto slots = streams_of_user_.find(stream.more->user);
  std::erase(slots->second, slot);
  if (slots->second.empty()) streams_of_user_.erase(slots);
}

// --- Going -------------------------------------------------------------------------------------

void StreamSet::close(Slot slot, net::CloseReason reason) {
  Stream& stream = streams_[slot];
  TINYCHAT_ASSERT(stream.state != StreamState::kFree);
  // A user's page is loaded again more often than it is left.
  const bool may_come_back = is_coming_back(reason) || (stream.more && !stream.more->user.empty());
  join_or_leave(stream, may_come_back ? PresenceCommand::Kind::kLeaveSoon : PresenceCommand::Kind::kLeave);
  forget_user(slot);
  unfollow(slot);
  drop_rest(stream);
  transport_.close(stream.fd);
  const std::uint32_t next_generation = stream.generation + 1;
  const bool is_marked = stream.is_marked;
  stream = Stream{};
  stream.generation = next_generation;
  // The list of marked streams still has the slot.
  stream.is_marked = is_marked;
  free_.push_back(slot);
  count_.remove();
  counters_.closed(reason, net::Closed::kStream);
}

void StreamSet::doom(Slot slot, net::CloseReason reason) {
  if (std::exchange(streams_[slot].is_doomed, true)) return;
  doomed_.emplace_back(slot, reason);
}

void StreamSet::close_doomed() {
  for (const auto& [slot, reason] : doomed_) close(slot, reason);
  doomed_.clear();
}

// --- What is left to be sent -------------------------------------------------------------------

std::size_t StreamSet::held_bytes() const {
  return rest_bytes_ + rooms_.size() * kRoomBytes + places_ * kPlaceBytes + joins_ * kJoinBytes;
}

bool StreamSet::can_hold(const StreamRequest& request) {
  std::size_t bytes = request.rooms.size() * (kPlaceBytes + (request.name.empty() ? 0 : kJoinBytes));
  for (const auto& name : request.rooms) bytes += rooms_.find(name) == nullptr ? kRoomBytes : 0;
  return held_.resize(held_bytes() + bytes);
}

bool StreamSet::keep_rest(Stream& stream, std::string_view rest) {
  if (!held_.resize(held_bytes() - stream.rest.size() + rest.size())) return false;
  rest_bytes_ += rest.size() - stream.rest.size();
  stream.rest = rest;
  return true;
}

void StreamSet::drop_rest(Stream& stream) {
  rest_bytes_ -= stream.rest.size();
  (void)held_.resize(held_bytes());
  // An assignment would keep the memory for the next text, and there may be none.
  std::string().swap(stream.rest);
}

// --- Readiness and time ------------------------------------------------------------------------

void StreamSet::mark(Slot slot) {
  if (!std::exchange(streams_[slot].is_marked, true)) marked_.push_back(slot);
}

void StreamSet::on_ready(const net::Reactor::ReadyStream& ready) {
  const auto slot = static_cast<Slot>(ready.token);
  if (slot >= streams_.size()) return;
  Stream& stream = streams_[slot];
  if (stream.state == StreamState::kFree || ready.token != token_of(slot, stream.generation)) return;
  if (ready.is_hung_up) {
    // It may have closed only its own side, right after the request: the opening is still of use.
    if (!stream.rest.empty()) (void)transport_.write(stream.fd, stream.rest);
    close(slot, net::CloseReason::kPeerClosed);
    return;
  }
  if (ready.has_input && !take_input(slot)) return;
  if (ready.can_write) {
    stream.can_write = true;
    if (stream.state != StreamState::kLive) mark(slot);
  }
}

// A subscriber has nothing to say. True: it is still there.
bool StreamSet::take_input(Slot slot) {
  Stream& stream = streams_[slot];
  for (;;) {
    const net::IoResult got = transport_.discard_input(stream.fd);
    if (got.status == net::IoStatus::kWouldBlock) return true;
    if (got.status != net::IoStatus::kDone) {
      close(slot, net::CloseReason::kPeerClosed);
      return false;
    }
    stream.input_bytes += static_cast<std::uint32_t>(got.bytes);
    if (stream.input_bytes > limits::kStreamInputBytesMax) {
      close(slot, net::CloseReason::kChatty);
      return false;
    }
  }
}

void StreamSet::on_second() {
  const std::uint32_t now = seconds();
  const auto heartbeat = static_cast<std::uint32_t>(settings_.heartbeat.count());
  const auto stall = static_cast<std::uint32_t>(limits::kStreamStallTimeout.count());
  std::vector<Slot> quiet[room::kFramings];
  std::array<std::uint64_t, kStreamStates> states{};
  for (Slot slot = 0; slot < streams_.size(); ++slot) {
    Stream& stream = streams_[slot];
    if (stream.state == StreamState::kFree) continue;
    ++states[static_cast<std::size_t>(stream.state)];
    const bool is_stalled = stream.state != StreamState::kLive && !stream.can_write;
    if (is_stalled && now - stream.last_progress >= stall) {
      doom(slot, net::CloseReason::kStreamStall);
    } else if (stream.end_of_life != 0 && now >= stream.end_of_life && stream.rest.empty()) {
      doom(slot, net::CloseReason::kLifetime);
    } else if (stream.state == StreamState::kLive && now - stream.last_write >= heartbeat) {
      quiet[static_cast<std::size_t>(stream.framing)].push_back(slot);
    } else if (stream.state == StreamState::kBehind && stream.can_write) {
      // The journal was too busy to be asked, or could not answer.
      mark(slot);
    } else if (stream.state == StreamState::kAhead) {
      reset_if_ahead_for_too_long(slot);
    }
  }
  for (std::size_t framing = 0; framing < room::kFramings; ++framing) {
    room::Burst& beat = bursts_.emplace_back(static_cast<room::Framing>(framing));
    beat.append_transient(wire::heartbeat_frame());
    for (const Slot slot : quiet[framing]) send_live(slot, beat);
    flush_sends();
  }
  close_doomed();
  publish_gauges(states);
}

void StreamSet::publish_gauges(const std::array<std::uint64_t, kStreamStates>& states) {
  const auto in = [&](StreamState state) { return states[static_cast<std::size_t>(state)]; };
  measures_.live.set(in(StreamState::kLive));
  measures_.behind.set(in(StreamState::kBehind));
  measures_.reading.set(in(StreamState::kReading));
  measures_.ahead.set(in(StreamState::kAhead));
  measures_.rooms_followed.set(rooms_.followed());
  measures_.rooms_remembered.set(rooms_.size());
  measures_.recent_bytes.set(rooms_.recent_bytes());
}

std::uint32_t StreamSet::seconds() const {
  return static_cast<std::uint32_t>((clock_.steady() - started_) / 1s);
}

std::chrono::milliseconds StreamSet::draw(std::chrono::milliseconds min, std::chrono::milliseconds max) {
  return std::chrono::milliseconds(std::uniform_int_distribution(min.count(), max.count())(random_));
}

}  // namespace tinychat::hub
