// The rooms that have ever had a message, page by page, and one of them.
#include <algorithm>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "api/actions.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/room_json.h"
#include "base/limits.h"
#include "room/room_name.h"
#include "wire/json_writer.h"
#include "wire/time_text.h"

namespace tinychat::api {
namespace {

using Rooms = std::vector<journal::RoomSummary>;

void append_room(std::string& json, const journal::RoomSummary& room) {
  json += R"({"room":)";
  wire::append_json_string(json, room.name);
  json += R"(,"messages":)" + std::to_string(room.messages) + ',' + last_member(room);
}

// `rooms` holds one more than `limit` if there are more.
std::string page_json(Rooms rooms, std::size_t limit) {
  const bool more = rooms.size() > limit;
  if (more) rooms.pop_back();
  std::string json = R"({"rooms":[)";
  for (const auto& room : rooms) {
    if (json.back() != '[') json += ',';
    append_room(json, room);
    json += '}';
  }
  json += R"(],"after":)";
  if (more) {
    wire::append_json_string(json, rooms.back().name);
  } else {
    json += "null";
  }
  return json + '}';
}

// Private ones are nobody's to list: their members have them open.
Result<Rooms> listed_rooms(journal::JournalReader& reader, std::string after, std::size_t count) {
  Rooms listed;
  for (std::size_t step = count;; step = std::max(count, limits::kRoomsPageMax)) {
    auto rooms = reader.rooms(after, step);
    if (!rooms) return rooms;
    const bool is_last = rooms->size() < step;
    if (!is_last) after = rooms->back().name;
    for (auto& room : *rooms) {
      if (listed.size() < count && !room::is_private(room.name)) listed.push_back(std::move(room));
    }
    if (is_last || listed.size() == count) return listed;
  }
}

}  // namespace

// A room that nobody has written to is a room, too.
std::string room_json(std::string_view name, const std::optional<journal::RoomSummary>& found,
                      const journal::RoomView& view) {
  journal::RoomSummary room;
  room.name = name;
  if (found) room = *found;
  std::string json;
  append_room(json, room);
  return json + ',' + topic_member(room) + ',' + view_members(name, view) + '}';
}

std::string view_members(std::string_view room, const journal::RoomView& view) {
  const auto flag = [](bool is) { return is ? "true" : "false"; };
  std::string json = R"("title":)";
  if (view.title.empty()) {
    json += "null";
  } else {
    wire::append_json_string(json, view.title);
  }
  json += std::string(R"(,"private":)") + flag(room::is_private(room));
  json += std::string(R"(,"direct":)") + flag(view.is_direct);
  return json + R"(,"locked":)" + flag(view.is_locked);
}

std::string last_member(const journal::RoomSummary& room) {
  if (room.last == EventId{}) return R"("last":null)";
  return R"("last":{"id":")" + to_string(room.last) + R"(","time":")" +
         wire::rfc3339(room.last.milliseconds) + R"("})";
}

std::string topic_member(const journal::RoomSummary& room) {
  std::string json = R"("topic":)";
  wire::append_json_string(json, room.topic);
  return json;
}

void get_room(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  const auto* const user = std::get_if<room::KnownUser>(&call.principal);
  ask_people(
      std::move(call),
      [user = user == nullptr ? std::string() : user->id, room = call.room](journal::People& people) {
        return people.rooms().look(user, std::span(&room, 1));
      },
      [](Call&& looked, Result<std::vector<journal::RoomView>>&& views) {
        if (!views) return looked.reply.send(views.error());
        answer_from_journal(looked.port, std::move(looked.reply),
                            [name = std::move(looked.room),
                             view = std::move(views->front())](journal::JournalReader& reader) {
                              const auto room = reader.find_room(name);
                              return room ? json_response(200, room_json(name, *room, view))
                                          : problem_response(room.error());
                            });
      });
}

void get_rooms(Call&& call) {
  const auto limit = read_limit(call.query, limits::kRoomsPageMax, limits::kRoomsPageMax);
  if (!limit) return call.reply.send(limit.error());
  const std::string* const after = wire::find(call.query, "after");
  answer_from_journal(
      call.port, std::move(call.reply),
      [after = after == nullptr ? std::string() : *after, limit = *limit](journal::JournalReader& reader) {
        auto rooms = listed_rooms(reader, after, limit + 1);
        if (!rooms) return problem_response(rooms.error());
        return json_response(200, page_json(std::move(*rooms), limit));
      });
}

}  // namespace tinychat::api
