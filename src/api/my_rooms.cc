// The rooms that a user has opened: up to where they have been read, what is unread, what is notified.
//
// Where a room has been read to is with the people, what is in it is in the journal: a request asks one
// after the other.
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/json_input.h"
#include "api/my_room_json.h"
#include "api/problem.h"
#include "base/limits.h"
#include "room/room_name.h"
#include "wire/json_writer.h"

namespace tinychat::api {
namespace {

using journal::MembershipChange;
using journal::Notifications;

// As the user may know of them: who was sent out of a private room may still have it open for a moment.
Result<std::vector<OpenedRoom>> opened_rooms(journal::People& people, const std::string& user) {
  auto memberships = people.memberships(user);
  if (!memberships) return std::unexpected(memberships.error());
  std::vector<std::string> names;
  names.reserve(memberships->size());
  for (const auto& membership : *memberships) names.push_back(membership.room);
  auto views = people.rooms().look(user, names);
  if (!views) return std::unexpected(views.error());
  std::vector<OpenedRoom> rooms;
  rooms.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (room::is_private(names[i]) && (*views)[i].part == room::Part::kNone) continue;
    rooms.push_back({.membership = std::move((*memberships)[i]), .view = std::move((*views)[i])});
  }
  return rooms;
}

Result<std::string> rooms_json(journal::JournalReader& reader, const std::vector<OpenedRoom>& rooms,
                               const journal::User& user) {
  std::string json = R"({"rooms":[)";
  for (const auto& room : rooms) {
    const auto one = my_room_json(reader, room, user);
    if (!one) return one;
    if (json.back() != '[') json += ',';
    json += *one;
  }
  return json + "]}";
}

// --- Changing ----------------------------------------------------------------------------------

// Answers with the room as it is now, and tells the user's streams.
void show(Call&& call, OpenedRoom room, const char* event) {
  ask_journal(
      std::move(call),
      [room = std::move(room), user = call.visitor->user](journal::JournalReader& reader) {
        return my_room_json(reader, room, user);
      },
      [event](Call&& answered, Result<std::string>&& json) {
        if (!json) return answered.reply.send(json.error());
        // Who misses it asks again when the stream is back.
        answered.port.tell(hub::UserSignal{.user = answered.visitor->user.id, .event = event, .json = *json});
        answered.reply.send(json_response(200, std::move(*json)));
      });
}

void change(Call&& call, MembershipChange change, const char* event) {
  ask_people(
      std::move(call),
      [change = std::move(change),
       user = call.visitor->user.id](journal::People& people) -> Result<OpenedRoom> {
        auto membership = people.change(user, change);
        if (!membership) return std::unexpected(membership.error());
        auto views = people.rooms().look(user, std::span(&change.room, 1));
        if (!views) return std::unexpected(views.error());
        return OpenedRoom{.membership = std::move(*membership), .view = std::move(views->front())};
      },
      [event](Call&& answered, Result<OpenedRoom>&& room) {
        if (!room) return answered.reply.send(room.error());
        show(std::move(answered), std::move(*room), event);
      });
}

Result<std::optional<Notifications>> read_notifications(const net::Request& request) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  const auto text = find_text(*members, "notifications");
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const auto known = notifications_named(**text);
  if (!known) {
    return fail(Code::kUnprocessable, "`notifications` is one of `all`, `mentions` and `nothing`; send one.");
  }
  return known;
}

Error no_position() {
  return {Code::kUnprocessable, "`id` is not the id of a message; send that of the last one read."};
}

Result<EventId> read_position(const net::Request& request) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  const auto text = find_text(*members, "id");
  if (!text) return std::unexpected(text.error());
  const auto id = *text ? parse_event_id(**text) : std::nullopt;
  if (!id) return std::unexpected(no_position());
  return *id;
}

}  // namespace

void get_my_rooms(Call&& call) {
  ask_people(
      std::move(call),
      [user = call.visitor->user.id](journal::People& people) { return opened_rooms(people, user); },
      [](Call&& found, Result<std::vector<OpenedRoom>>&& rooms) {
        if (!rooms) return found.reply.send(rooms.error());
        ask_journal(
            std::move(found),
            [rooms = std::move(*rooms), user = found.visitor->user](journal::JournalReader& reader) {
              return rooms_json(reader, rooms, user);
            },
            [](Call&& answered, Result<std::string>&& json) {
              if (!json) return answered.reply.send(json.error());
              answered.reply.send(json_response(200, std::move(*json)));
            });
      });
}

void put_my_room(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  const auto notifications = read_notifications(call.request);
  if (!notifications) return call.reply.send(notifications.error());
  // What was said before one came is read.
  ask_journal(
      std::move(call), [room = call.room](journal::JournalReader& reader) { return reader.find_room(room); },
      [notifications = *notifications](Call&& found, Result<std::optional<journal::RoomSummary>>&& room) {
        if (!room) return found.reply.send(room.error());
        MembershipChange opened{.room = found.room,
                                .read_at_first = *room ? (*room)->last : EventId{},
                                .read_through = {},
                                .notifications = notifications};
        change(std::move(found), std::move(opened), "roomOpened");
      });
}

void put_read(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  const auto position = read_position(call.request);
  if (!position) return call.reply.send(position.error());
  MembershipChange read{
      .room = call.room, .read_at_first = {}, .read_through = *position, .notifications = {}};
  const auto latest =
      call.settings.clock->utc_milliseconds() + static_cast<std::uint64_t>(limits::kReadAheadMax.count());
  if (position->milliseconds <= latest) return change(std::move(call), std::move(read), "readPosition");
  // A position that lies ahead of all that will come would hide it. But since the clock was set back, there
  // may be messages that lie ahead of it.
  ask_journal(
      std::move(call),
      [room = read.room, id = *position](journal::JournalReader& reader) { return reader.find(room, id); },
      [read](Call&& found, Result<std::optional<room::Event>>&& event) mutable {
        if (!event) return found.reply.send(event.error());
        if (!*event) return found.reply.send(no_position());
        change(std::move(found), std::move(read), "readPosition");
      });
}

void delete_my_room(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  if (room::is_private(call.room)) {
    // Who has closed it could not find it again.
    call.id = call.visitor->user.id;
    return delete_member(std::move(call));
  }
  ask_people(
      std::move(call),
      [user = call.visitor->user.id, room = call.room](journal::People& people) {
        return people.leave(user, room);
      },
      [](Call&& left, Result<bool>&& was_open) {
        if (!was_open) return left.reply.send(was_open.error());
        if (*was_open) {
          std::string json;
          wire::append_json_member(json, "room", left.room);
          left.port.tell(
              hub::UserSignal{.user = left.visitor->user.id, .event = "roomLeft", .json = json + '}'});
        }
        left.reply.send(no_content());
      });
}

}  // namespace tinychat::api
