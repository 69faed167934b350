#include "api/stream_answer.h"

#include <utility>

#include "api/stream_query.h"

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

}  // namespace

void answer_with_stream(Call&& call, room::Dialect dialect, std::vector<std::string> rooms) {
  auto stream = read_stream_request(dialect, std::move(rooms), call.request, call.query);
  if (!stream) return call.reply.send(stream.error());
  if (call.visitor) {
    stream->name = std::move(call.visitor->user.name);
    stream->user = std::move(call.visitor->user.id);
  }
  if (call.is_head()) {
    auto head = stream_head();
    head.is_head_of_stream = true;
    return call.reply.send(std::move(head));
  }
  const bool has_room = call.port.has_room_for_stream();
  auto socket = call.reply.hand_over(stream_head());
  if (!socket.fd.is_open()) return;
  if (!has_room) return call.port.turn_away(std::move(socket));
  call.port.attach(std::move(socket), std::move(*stream));
}

}  // namespace tinychat::api
