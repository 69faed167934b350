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

// Whose connection it is was counted when it came, but a proxy's stands for somebody else. False: they have
// too many.
bool pass_on_to_client(const Client& client, KeyedCount& connections, net::StreamSocket& socket) {
  if (connections.try_pass_on(socket.place, wire::host_key(client.address))) return true;
  limit_hit(Limit::kConnectionsPerAddress);
  return false;
}

}  // namespace

void answer_with_stream(Call&& call, room::Dialect dialect, std::vector<std::string> rooms) {
  auto stream = read_stream_request(dialect, std::move(rooms), call.request, call.query);
  if (!stream) return call.reply.send(stream.error());
  if (call.visitor) {
    stream->name = std::move(call.visitor->user.name);
    stream->user = std::move(call.visitor->user.id);
  }
  stream->holder = room::holder_of(call.principal);
  stream->expires_milliseconds = call.expires_milliseconds;
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
  auto socket = call.reply.hand_over(stream_head());
  if (!socket.fd.is_open()) return;
  KeyedCount* const connections = call.settings.connections;
  if (call.client.is_forwarded && connections != nullptr &&
      !pass_on_to_client(call.client, *connections, socket)) {
    return call.port.turn_away(std::move(socket));
  }
  call.port.attach(std::move(socket), std::move(*stream));
}

void turn_stream_away(Call&& call) {
  auto socket = call.reply.hand_over(stream_head());
  if (socket.fd.is_open()) call.port.turn_away(std::move(socket));
}

}  // namespace tinychat::api
