// Who is in a private room: who comes is added by those who are there, who goes goes by themselves or is sent
// away by the host.
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "api/actions.h"
#include "api/admission.h"
#include "api/identify.h"
#include "api/my_room_json.h"
#include "api/problem.h"
#include "journal/people.h"
#include "room/room_name.h"
#include "wire/json_writer.h"

namespace tinychat::api {
namespace {

// False: it is none that has members, and the call is answered.
bool is_of_some_alone(Call& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) {
    call.reply.send(valid.error());
    return false;
  }
  if (room::is_private(call.room)) return true;
  call.reply.send(
      Error{Code::kNotFound,
            "This room is open to all who are in, so it has no members; its presence is who is there."});
  return false;
}

std::string members_json(const journal::RoomMembers& members) {
  std::string json = R"({"members":[)";
  for (const auto& person : members.people) {
    if (json.back() != '[') json += ',';
    std::string one;
    wire::append_json_member(one, "id", person.id);
    wire::append_json_member(one, "name", person.name);
    json += one + '}';
  }
  json += R"(],"host":)";
  if (members.host.empty()) {
    json += "null";
  } else {
    wire::append_json_string(json, members.host);
  }
  return json + '}';
}

Error they_cannot_open_more() {
  return {Code::kUnprocessable,
          "They have as many rooms open as there can be; ask them to leave one first, then add them again."};
}

struct Newcomers {
  OpenedRoom opened;
  bool is_new = false;
};

// A member who has the room open. `last`: what was said before is read.
Result<Newcomers> add_member(journal::People& people, const std::string& room, const std::string& user,
                             const std::string& by, EventId last) {
  const auto look = [&] { return people.rooms().look(user, std::span(&room, 1)); };
  const auto before = look();
  if (!before) return std::unexpected(before.error());
  const bool is_new = before->front().part == room::Part::kNone;
  if (auto added = people.rooms().add(room, user, by); !added) return std::unexpected(added.error());
  auto membership = people.change(user, {.room = room, .read_at_first = last});
  if (!membership) {
    if (is_new) log_if_failed(people.rooms().remove(room, user));
    const bool is_full = membership.error().code == Code::kUnprocessable;
    return std::unexpected(is_full ? they_cannot_open_more() : membership.error());
  }
  auto views = look();
  if (!views) return std::unexpected(views.error());
  return Newcomers{.opened = {.membership = std::move(*membership), .view = std::move(views->front())},
                   .is_new = is_new};
}

void tell_newcomer(Call&& call, OpenedRoom opened) {
  ask_journal(
      std::move(call),
      [opened = std::move(opened), user = journal::User{.id = call.id, .name = {}}](
          journal::JournalReader& reader) { return my_room_json(reader, opened, user); },
      [](Call&& answered, Result<std::string>&& json) {
        // They are in; who is not told finds the room when their page is loaded.
        if (json) {
          answered.port.tell(
              hub::UserSignal{.user = answered.id, .event = "roomOpened", .json = std::move(*json)});
        }
        answered.reply.send(no_content());
      });
}

}  // namespace

void get_members(Call&& call) {
  if (!is_of_some_alone(call)) return;
  ask_people(
      std::move(call), [room = call.room](journal::People& people) { return people.rooms().members(room); },
      [](Call&& answered, Result<std::optional<journal::RoomMembers>>&& members) {
        if (!members) return answered.reply.send(members.error());
        if (!*members) return answered.reply.send(journal::no_such_private_room());
        answered.reply.send(json_response(200, members_json(**members)));
      });
}

void put_member(Call&& call) {
  if (!is_of_some_alone(call)) return;
  // It tells somebody something, as a message does.
  if (!admit_message(call, call.visitor->user.id, call.room)) return;
  ask_journal(
      std::move(call), [room = call.room](journal::JournalReader& reader) { return reader.find_room(room); },
      [](Call&& found, Result<std::optional<journal::RoomSummary>>&& room) {
        if (!room) return found.reply.send(room.error());
        ask_people(
            std::move(found),
            [name = found.room, user = found.id, by = found.visitor->user.id,
             last = *room ? (*room)->last : EventId{}](journal::People& people) {
              return add_member(people, name, user, by, last);
            },
            [](Call&& added, Result<Newcomers>&& newcomer) {
              if (!newcomer) return added.reply.send(newcomer.error());
              if (!newcomer->is_new) return added.reply.send(no_content());
              tell_newcomer(std::move(added), std::move(newcomer->opened));
            });
      });
}

void delete_member(Call&& call) {
  if (!is_of_some_alone(call)) return;
  if (call.id != call.visitor->user.id) {
    if (const auto refusal = refuse(call, room::Right::kHost)) return call.reply.send(*refusal);
  }
  ask_people(
      std::move(call),
      [room = call.room, user = call.id](journal::People& people) -> Result<bool> {
        auto removed = people.rooms().remove(room, user);
        if (!removed) return removed;
        // Also of one who was none: this may not have been reached when they were removed.
        const auto left = people.leave(user, room);
        if (!left) return left;
        return *removed || *left;
      },
      [](Call&& answered, Result<bool>&& removed) {
        if (!removed) return answered.reply.send(removed.error());
        if (*removed) {
          std::string json;
          wire::append_json_member(json, "room", answered.room);
          answered.port.tell(hub::UserSignal{.user = answered.id, .event = "roomLeft", .json = json + '}'});
        }
        answered.reply.send(no_content());
      });
}

}  // namespace tinychat::api
