// Who is there at the moment, and who is writing.
#include "room/presence.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/problem.h"
#include "base/limits.h"
#include "room/room_name.h"
#include "wire/json_writer.h"

namespace tinychat::api {
namespace {

std::string person_json(const room::Person& person) {
  std::string json;
  if (!person.id.empty()) wire::append_json_member(json, "id", person.id);
  wire::append_json_member(json, "name", person.name);
  return json + '}';
}

std::string presence_json(const std::string& room, const room::Presence& presence) {
  const auto count = presence.count(room);
  std::string json;
  wire::append_json_member(json, "room", room);
  json += R"(,"count":)" + std::to_string(count);
  if (count <= limits::kPeopleListedMax) {
    json += R"(,"users":[)";
    for (const auto& person : presence.people(room, count)) {
      if (json.back() != '[') json += ',';
      json += person_json(person);
    }
    json += ']';
  }
  return json + '}';
}

}  // namespace

void get_presence(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  auto reply = std::make_shared<Reply>(std::move(call.reply));
  const bool taken =
      call.port.ask_presence([reply, room = std::move(call.room)](
                                 const room::Presence& presence) -> std::move_only_function<void()> {
        return [reply, json = presence_json(room, presence)]() mutable {
          reply->send(json_response(200, std::move(json)));
        };
      });
  if (!taken) reply->send(too_busy());
}

void post_typing(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  const auto& [id, name, created] = call.visitor->user;
  call.port.tell(hub::TypingSignal{.room = std::move(call.room), .user = {id, name}});
  call.reply.send(no_content());
}

}  // namespace tinychat::api
