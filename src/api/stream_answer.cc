#include "api/stream_answer.h"

#include <optional>
#include <utility>

#include "api/admission.h"
#include "api/stream_query.h"
#include "base/tally.h"

namespace tinychat::api {
namespace {

// Nothing on the way is to keep, rewrite or hold back what comes.
net::Response stream_head() {
  net::Response head;
  head.headers = {{"Content-Type", "text/event-stream; charset=utf-8"},
                  {"Cache-Control", "no-cache, no-store, no-transform"},
                  {"X-Accel-Buffering", "no"}};
  return head;
}

Limit limit_of(KeyedCount::Refusal refusal) {
  return refusal == KeyedCount::Refusal::kInAll ? Limit::kConnections : Limit::kConnectionsPerAddress;
}

// Whose connection it is has been counted when it came, unless a proxy's stands for it. nullopt: they have
// too many.
std::optional<KeyedCount::Place> place_of_client(const Call& call) {
  if (!call.client.is_forwarded || call.settings.connections == nullptr) return KeyedCount::Place();
  const auto& address = call.client.address;
  const std::uint64_t host = wire::is_loopback(address) ? KeyedCount::kNobody : wire::host_key(address);
  auto taken = call.settings.connections->try_take(host);
  if (!taken.place) limit_hit(limit_of(taken.refusal));
  return std::move(taken.place);
}

}  // namespace

void answer_with_stream(Call&& call, room::Dialect dialect, std::vector<std::string> rooms) {
  auto stream = read_stream_request(dialect, std::move(rooms), call.request, call.query);
  if (!stream) return call.reply.send(stream.error());
  if (call.visitor) {
    stream->name = std::move(call.visitor->user.name);
    stream->user = std::move(call.visitor->user.id);
  }
  if (call.settings.door == room::Door::kClosed) {
    stream->holder = room::holder_of(call.principal);
    stream->expires_milliseconds = call.expires_milliseconds;
  }
  if (call.is_head()) {
    auto head = stream_head();
    head.is_head_of_stream = true;
    return call.reply.send(std::move(head));
  }
  if (!call.port.has_room_for_stream()) {
    limit_hit(Limit::kStreams);
    return turn_stream_away(std::move(call));
  }
  if (!take_place_of_user(call, *stream)) {
    limit_hit(Limit::kStreamsPerUser);
    return turn_stream_away(std::move(call));
  }
  auto place = place_of_client(call);
  if (!place) return turn_stream_away(std::move(call));
  auto socket = call.reply.hand_over(stream_head());
  if (!socket.fd.is_open()) return;
  if (call.client.is_forwarded) socket.place = std::move(*place);
  call.port.attach(std::move(socket), std::move(*stream));
}

void turn_stream_away(Call&& call) {
  auto socket = call.reply.hand_over(stream_head());
  if (socket.fd.is_open()) call.port.turn_away(std::move(socket));
}

}  // namespace tinychat::api
