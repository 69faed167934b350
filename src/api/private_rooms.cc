// Rooms of some alone: made, with all their members in it from the beginning.
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/admission.h"
#include "api/json_input.h"
#include "api/my_room_json.h"
#include "api/problem.h"
#include "api/title.h"
#include "base/limits.h"
#include "base/secret.h"
#include "journal/people.h"
#include "room/room_name.h"

namespace tinychat::api {
namespace {

struct Wish {
  std::string other;                 // the other one of a direct room; empty: a room of these members
  std::string title;                 // empty: none
  std::vector<std::string> members;  // no two alike, without the one who asks
};

Result<Wish> read_wish(const net::Request& request, const std::string& asker) {
  const auto json = read_json_members(request);
  if (!json) return std::unexpected(json.error());
  auto other = find_text(*json, "direct");
  if (!other) return std::unexpected(other.error());
  auto title = find_title(*json);
  if (!title) return std::unexpected(title.error());
  auto members = find_texts(*json, "members");
  if (!members) return std::unexpected(members.error());
  if (*other && (*title || *members)) {
    return fail(Code::kUnprocessable,
                "A room of two has neither `title` nor `members`; send `direct` alone, or the other two.");
  }
  if (*other == asker) {
    return fail(Code::kUnprocessable, "`direct` is your own id; send that of somebody else.");
  }
  Wish wish{.other = std::move(*other).value_or(""), .title = std::move(*title).value_or(""), .members = {}};
  for (auto& member : std::move(*members).value_or(std::vector<std::string>())) {
    if (member != asker && std::ranges::find(wish.members, member) == wish.members.end()) {
      wish.members.push_back(std::move(member));
    }
  }
  if (*other && wish.other.empty()) return std::unexpected(journal::no_such_member());
  return wish;
}

struct Made {
  bool is_new = true;
  OpenedRoom opened;                // by the one who asked
  std::vector<std::string> others;  // who have it open now, too, and have to be told
  journal::RoomView view_of_others;
};

// Opens the room for a user.
Result<journal::Membership> open(journal::People& people, const std::string& user, const std::string& room,
                                 std::optional<journal::Notifications> notifications) {
  return people.change(user, {.room = room, .read_at_first = {}, .notifications = notifications});
}

Error cannot_open_more() {
  return {
      Code::kUnprocessable,
      "One of them has as many rooms open as there can be; leave them out, or ask them to leave one first."};
}

Result<Made> make_room(journal::People& people, const journal::User& asker, const Wish& wish) {
  const std::string room = room::private_name(random_key());
  std::vector<std::string> users{asker.id};
  users.insert(users.end(), wish.members.begin(), wish.members.end());
  if (auto made = people.rooms().make(room, wish.title, users); !made) return std::unexpected(made.error());
  Made made{.is_new = true, .opened = {}, .others = wish.members, .view_of_others = {.title = wish.title}};
  made.opened.view = made.view_of_others;
  for (const auto& user : users) {
    auto opened = open(people, user, room, std::nullopt);
    if (opened) {
      if (user == asker.id) made.opened.membership = std::move(*opened);
      continue;
    }
    // All of it, or nothing of it.
    for (const auto& one : users) {
      log_if_failed(people.rooms().remove(room, one));
      log_if_failed(people.leave(one, room));
    }
    if (user == asker.id || opened.error().code != Code::kUnprocessable) {
      return std::unexpected(opened.error());
    }
    return std::unexpected(cannot_open_more());
  }
  return made;
}

Result<Made> make_direct_room(journal::People& people, const journal::User& asker, const std::string& other) {
  const std::string wanted = room::private_name(random_key());
  auto room = people.rooms().make_direct(wanted, asker.id, other);
  if (!room) return std::unexpected(room.error());
  Made made{.is_new = *room == wanted, .opened = {}, .others = {}, .view_of_others = {}};
  // Also of one that was there: it may not have come as far as this when it was made. What is said to one
  // alone is for them.
  constexpr auto kAll = journal::Notifications::kAll;
  const auto first = made.is_new ? std::optional(kAll) : std::nullopt;
  auto mine = open(people, asker.id, *room, first);
  if (!mine) return std::unexpected(mine.error());
  const auto theirs = open(people, other, *room, first);
  if (!theirs && made.is_new) {
    log_if_failed(people.leave(asker.id, *room));
    return std::unexpected(theirs.error().code == Code::kUnprocessable ? cannot_open_more() : theirs.error());
  }
  auto views = people.rooms().look(asker.id, std::span(&*room, 1));
  if (!views) return std::unexpected(views.error());
  made.opened = {.membership = std::move(*mine), .view = std::move(views->front())};
  if (made.is_new) made.others.push_back(other);
  made.view_of_others = {.title = asker.name, .is_direct = true};
  return made;
}

struct Shown {
  std::string mine;
  std::string theirs;
};

Result<Shown> show(journal::JournalReader& reader, const Made& made, const journal::User& asker) {
  auto mine = my_room_json(reader, made.opened, asker);
  if (!mine) return std::unexpected(mine.error());
  // Nobody has read anything there, and nobody has written.
  auto theirs = my_room_json(reader, {.membership = made.opened.membership, .view = made.view_of_others}, {});
  if (!theirs) return std::unexpected(theirs.error());
  return Shown{.mine = std::move(*mine), .theirs = std::move(*theirs)};
}

void answer(Call&& call, Made made) {
  auto shared = std::make_shared<const Made>(std::move(made));
  ask_journal(
      std::move(call),
      [shared, user = call.visitor->user](journal::JournalReader& reader) {
        return show(reader, *shared, user);
      },
      [shared](Call&& answered, Result<Shown>&& shown) {
        if (!shown) return answered.reply.send(shown.error());
        const auto tell = [&](const std::string& user, const std::string& json) {
          answered.port.tell(hub::UserSignal{.user = user, .event = "roomOpened", .json = json});
        };
        if (shared->is_new) tell(answered.visitor->user.id, shown->mine);
        for (const auto& other : shared->others) tell(other, shown->theirs);
        answered.reply.send(json_response(shared->is_new ? 201 : 200, std::move(shown->mine)));
      });
}

}  // namespace

void post_room(Call&& call) {
  auto wish = read_wish(call.request, call.visitor->user.id);
  if (!wish) return call.reply.send(wish.error());
  // It tells people something, as a message does.
  if (!admit_message(call, call.visitor->user.id, wish->other)) return;
  ask_people(
      std::move(call),
      [user = call.visitor->user, wish = std::move(*wish)](journal::People& people) {
        return wish.other.empty() ? make_room(people, user, wish)
                                  : make_direct_room(people, user, wish.other);
      },
      [](Call&& made, Result<Made>&& room) {
        if (!room) return made.reply.send(room.error());
        answer(std::move(made), std::move(*room));
      });
}

}  // namespace tinychat::api
