// The contract of 2013: GET /subscribe/{room} follows a room, POST /{room} publishes to it.
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/admission.h"
#include "api/problem.h"
#include "api/publish_input.h"
#include "api/stream_answer.h"
#include "room/rendered_event.h"
#include "wire/media_type.h"

namespace tinychat::api {
namespace {

// Pages of then expect an empty body; who asks for JSON gets the message as it was stored.
net::Response published_response(const room::Event& event, bool as_json) {
  if (as_json) return json_response(200, room::message_json(event));
  net::Response response;
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

bool asks_for_json(const net::Request& request) {
  const std::string* const accept = request.header("accept");
  return accept != nullptr && wire::prefers_json(*accept);
}

}  // namespace

void subscribe(Call&& call) {
  std::vector<std::string> rooms = {std::move(call.room)};
  answer_with_stream(std::move(call), room::Dialect::kLegacy, std::move(rooms));
}

void publish(Call&& call) {
  auto message =
      read_legacy_publish(std::move(call.room), call.request, call.query, call.settings.text_bytes_max);
  if (!message) return call.reply.send(message.error());
  if (!admit_message(call, {}, message->room)) return;
  call.port.publish(std::move(*message),
                    [reply = std::move(call.reply),
                     as_json = asks_for_json(call.request)](Result<hub::Published> published) mutable {
                      if (!published) return reply.send(published.error());
                      reply.send(published_response(published->event, as_json));
                    });
}

}  // namespace tinychat::api
