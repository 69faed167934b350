// How streams are sent away: those there is no room for, all of them when the server goes down, and those
// whose subscribers have lost the right to them.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "hub/stream_set.h"
#include "room/rights.h"
#include "wire/sse.h"

namespace tinychat::hub {
namespace {

// Who, and in which room; none: in all of them.
std::pair<std::string_view, std::string_view> split(std::string_view holder) {
  const auto who = holder.substr(0, holder.find(' '));
  return {who, holder.substr(std::min(holder.size(), who.size() + 1))};
}

bool follows(const Stream& stream, std::string_view room) {
  if (stream.room != nullptr) return stream.room->name == room;
  return std::ranges::any_of(stream.more->rooms, [&](const auto& place) { return place.room->name == room; });
}

}  // namespace

void StreamSet::turn_away(net::StreamSocket&& socket) {
  const auto framing = socket.is_chunked ? room::Framing::kChunked : room::Framing::kPlain;
  // A browser gives up for good on any status but 200, so it is told when to come back instead.
  const std::string payload = (absence_ ? goodbye_retry() : overload_retry()) + "\n";
  // The first bytes on this socket since its request: they fit.
  (void)transport_.write(socket.fd.get(), socket.head + room::framed(payload, framing));
  transport_.close(socket.fd.release());
  counters_.closed(net::CloseReason::kTurnedAway, net::Closed::kStream);
}

void StreamSet::send_away(double share, std::chrono::milliseconds absence) {
  if (!absence_) {
    for (Slot slot = 0; slot < streams_.size(); ++slot) {
      if (streams_[slot].state != StreamState::kFree) leaving_.push_back(slot);
    }
  }
  absence_ = absence;
  const auto all = static_cast<double>(leaving_.size());
  const auto end = static_cast<std::size_t>(std::ceil(std::clamp(share, 0.0, 1.0) * all));
  for (; left_ < end; ++left_) {
    const Slot slot = leaving_[left_];
    Stream& stream = streams_[slot];
    if (stream.state == StreamState::kFree) continue;
    if (stream.rest.empty()) {
      // Without the final chunk: it says "come back" (a clean end would say "stop").
      const std::string payload =
          goodbye_retry() + wire::event_payload("bye", std::nullopt, R"({"reason":"stopping"})");
      (void)transport_.write(stream.fd, room::framed(payload, stream.framing));
    }
    close(slot, net::CloseReason::kStopping);
  }
}

void StreamSet::end_streams_of(std::span<const std::string> holders) {
  if (holders.empty()) return;
  for (Slot slot = 0; slot < streams_.size(); ++slot) {
    const Stream& stream = streams_[slot];
    if (stream.state == StreamState::kFree || !stream.more || stream.more->holder.empty()) continue;
    const bool has_lost = std::ranges::any_of(holders, [&](const auto& holder) {
      const auto [who, room] = split(holder);
      return room::is_holder_of(who, stream.more->holder) && (room.empty() || follows(stream, room));
    });
    if (has_lost) end(slot);
  }
}

void StreamSet::end_streams_from(const wire::HostSet& hosts) {
  if (hosts.is_empty()) return;
  for (Slot slot = 0; slot < streams_.size(); ++slot) {
    const Stream& stream = streams_[slot];
    if (stream.state != StreamState::kFree && hosts.contains(stream.connection.key())) end(slot);
  }
}

bool StreamSet::has_expired(const Stream& stream) const {
  return stream.more && stream.more->expires_milliseconds != 0 &&
         stream.more->expires_milliseconds <= clock_.utc_milliseconds();
}

void StreamSet::end(Slot slot) {
  const Stream& stream = streams_[slot];
  if (stream.rest.empty()) {
    // With the final chunk: it says "stop". Who asks again is refused.
    std::string last =
        room::framed(wire::event_payload("bye", std::nullopt, R"({"reason":"revoked"})"), stream.framing);
    if (stream.framing == room::Framing::kChunked) last += "0\r\n\r\n";
    (void)transport_.write(stream.fd, last);
  }
  close(slot, net::CloseReason::kRevoked);
}

std::string StreamSet::goodbye_retry() {
  return wire::retry_line(*absence_ + draw(limits::kGoodbyeRetryMin, limits::kGoodbyeRetryMax));
}

std::string StreamSet::overload_retry() {
  return wire::retry_line(draw(limits::kOverloadRetryMin, limits::kOverloadRetryMax));
}

}  // namespace tinychat::hub
