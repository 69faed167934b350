// The messages of a room, as resources.
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "api/actions.h"
#include "api/admission.h"
#include "api/history.h"
#include "api/problem.h"
#include "api/publish_input.h"
#include "room/rendered_event.h"
#include "room/room_name.h"
#include "wire/percent.h"

namespace tinychat::api {
namespace {

std::string location(const room::Event& event) {
  return "/api/v1/rooms/" + wire::percent_encode_segment(event.room) + "/messages/" + to_string(event.id);
}

Error no_such_message() {
  return {Code::kNotFound,
          "There is no such message in this room, or it is no longer kept; see the room's messages for those "
          "there are."};
}

net::Response message_response(const Result<std::optional<room::Event>>& found) {
  if (!found) return problem_response(found.error());
  if (!*found) return problem_response(no_such_message());
  return json_response(200, room::message_json(**found));
}

net::Response created_response(const hub::Published& published) {
  auto response = json_response(published.is_repeat ? 200 : 201, room::message_json(published.event));
  response.headers.push_back({"Location", location(published.event)});
  return response;
}

// `/topic tea` sets the topic; nothing after it takes the topic away.
void read_topic(hub::PublishRequest& message) {
  constexpr std::string_view kCommand = "/topic";
  std::string_view text = message.text;
  if (!text.starts_with(kCommand)) return;
  text.remove_prefix(kCommand.size());
  constexpr std::string_view kBlanks = " \t\r\n";
  if (!text.empty() && kBlanks.find(text.front()) == std::string_view::npos) return;
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  message.text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
  message.kind = room::EventKind::kTopic;
}

}  // namespace

void get_messages(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  auto query = parse_history_query(std::move(call.room), call.query);
  if (!query) return call.reply.send(query.error());
  answer_from_journal(call.port, std::move(call.reply),
                      [query = std::move(*query)](journal::JournalReader& reader) {
                        const auto page = read_history(reader, query);
                        return page ? json_response(200, to_json(*page)) : problem_response(page.error());
                      });
}

void get_message(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  const auto id = parse_event_id(call.id);
  if (!id) return call.reply.send(no_such_message());
  answer_from_journal(call.port, std::move(call.reply),
                      [room = std::move(call.room), id = *id](journal::JournalReader& reader) {
                        return message_response(reader.find(room, id));
                      });
}

void post_message(Call&& call) {
  auto message = read_v1_publish(std::move(call.room), call.request, call.settings.text_bytes_max);
  if (!message) return call.reply.send(message.error());
  if (call.visitor) {
    message->sender = std::move(call.visitor->user.name);
    message->author = std::move(call.visitor->user.id);
  }
  if (!admit_message(call, message->author, message->room)) return;
  read_topic(*message);
  call.port.publish(std::move(*message),
                    [reply = std::move(call.reply)](Result<hub::Published> published) mutable {
                      if (!published) return reply.send(published.error());
                      reply.send(created_response(*published));
                    });
}

}  // namespace tinychat::api
