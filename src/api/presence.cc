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

std::string attendance_json(const std::string& room, const room::Attendance& attendance) {
  std::string json;
  wire::append_json_member(json, "room", room);
  json += R"(,"count":)" + std::to_string(attendance.count);
  if (attendance.count <= limits::kPeopleListedMax) {
    json += R"(,"users":[)";
    for (const auto& person : attendance.people) {
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
  const std::string room = call.room;
  const bool taken =
      call.port.ask_attendance(room, [reply, room](const Result<room::Attendance>& attendance) {
        if (!attendance) return reply->send(attendance.error());
        reply->send(json_response(200, attendance_json(room, *attendance)));
      });
  if (!taken) reply->send(too_busy());
}

void post_typing(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  const auto& user = call.visitor->user;
  call.port.tell(hub::TypingSignal{.room = std::move(call.room), .user = {user.id, user.name}});
  call.reply.send(no_content());
}

}  // namespace tinychat::api
