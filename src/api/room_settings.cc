// What a room is called and whether it is locked.
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "api/actions.h"
#include "api/governing.h"
#include "api/json_input.h"
#include "api/problem.h"
#include "api/room_json.h"
#include "api/title.h"
#include "room/room_name.h"

namespace tinychat::api {
namespace {

using journal::RoomChange;
using journal::RoomView;

Result<RoomChange> read_change(const net::Request& request) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  auto title = find_title(*members);
  if (!title) return std::unexpected(title.error());
  const auto is_locked = find_truth(*members, "locked");
  if (!is_locked) return std::unexpected(is_locked.error());
  if (!*title && !*is_locked) {
    return fail(Code::kUnprocessable,
                "There is nothing to change; send the `title` to take from now on, `locked`, or both.");
  }
  return RoomChange{.title = std::move(*title), .is_locked = *is_locked};
}

// What owners do. What hosts do in their rooms is nobody else's to read.
void note_change(journal::People& people, const journal::Actor& actor, const std::string& room,
                 const RoomChange& change) {
  if (room::is_private(room)) return;
  if (change.title) journal::note(people, actor, "room.renamed", room);
  if (change.is_locked)
    journal::note(people, actor, *change.is_locked ? "room.locked" : "room.unlocked", room);
}

Result<RoomView> change_room(journal::People& people, const journal::Actor& actor, const std::string& room,
                             const RoomChange& change) {
  if (auto changed = people.rooms().change(room, change); !changed) return std::unexpected(changed.error());
  // Also if it was so before: the one who did that may not have come as far as here.
  if (change.is_locked && !room::is_private(room)) {
    if (auto told = people.passes().revoke(journal::kRulesHolder); !told)
      return std::unexpected(told.error());
  }
  note_change(people, actor, room, change);
  auto views = people.rooms().look(actor.id, std::span(&room, 1));
  if (!views) return std::unexpected(views.error());
  return std::move(views->front());
}

// Answers with the room as it is now, and tells its streams.
void show(Call&& call, RoomView view) {
  ask_journal(
      std::move(call),
      [room = call.room, view = std::move(view)](journal::JournalReader& reader) -> Result<std::string> {
        const auto found = reader.find_room(room);
        if (!found) return std::unexpected(found.error());
        return room_json(room, *found, view);
      },
      [](Call&& answered, Result<std::string>&& json) {
        if (!json) return answered.reply.send(json.error());
        answered.port.tell(hub::RoomSignal{.room = answered.room, .event = "roomChanged", .json = *json});
        answered.reply.send(json_response(200, std::move(*json)));
      });
}

}  // namespace

void patch_room(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  auto change = read_change(call.request);
  if (!change) return call.reply.send(change.error());
  ask_people(
      std::move(call),
      [actor = actor_of(call), room = call.room, change = std::move(*change)](journal::People& people) {
        return change_room(people, actor, room, change);
      },
      [](Call&& changed, Result<RoomView>&& view) {
        if (!view) return changed.reply.send(view.error());
        show(std::move(changed), std::move(*view));
      });
}

}  // namespace tinychat::api
