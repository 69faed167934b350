// The rooms that a user has opened: up to where they have been read, what is unread, what is notified.
//
// Where a room has been read to is with the people, what is in it is in the journal: a request asks one
// after the other.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/json_input.h"
#include "api/problem.h"
#include "api/room_json.h"
#include "base/limits.h"
#include "room/room_name.h"
#include "wire/json_writer.h"
#include "wire/markdown.h"

namespace tinychat::api {
namespace {

using journal::Membership;
using journal::MembershipChange;
using journal::Notifications;

constexpr EventId kEndOfTime = {std::numeric_limits<std::uint64_t>::max(),
                                std::numeric_limits<std::uint64_t>::max()};

constexpr std::pair<std::string_view, Notifications> kNotifications[] = {
    {"all", Notifications::kAll},
    {"mentions", Notifications::kMentions},
    {"nothing", Notifications::kNothing}};

std::string_view name_of(Notifications notifications) {
  return std::ranges::find(kNotifications, notifications, [](const auto& entry) { return entry.second; })
      ->first;
}

// --- A room as its user sees it ----------------------------------------------------------------

struct Unread {
  std::size_t messages = 0;
  std::size_t mentions = 0;
};

// Of others, up to limits::kUnreadMax.
Result<Unread> count_unread(journal::JournalReader& reader, const Membership& membership,
                            const journal::User& user) {
  constexpr std::size_t kBytesMax = (limits::kUnreadMax + 1) * limits::kTextBytesCeiling;
  const auto page = reader.read_after(std::span(&membership.room, 1), membership.read_through, kEndOfTime,
                                      limits::kUnreadMax, kBytesMax);
  if (!page) return std::unexpected(page.error());
  Unread unread;
  for (const auto& event : page->events) {
    if (event.author == user.id) continue;
    ++unread.messages;
    if (event.kind == room::EventKind::kMessage && wire::mentions(event.text, user.name)) ++unread.mentions;
  }
  return unread;
}

Result<std::string> room_json(journal::JournalReader& reader, const Membership& membership,
                              const journal::User& user) {
  auto found = reader.find_room(membership.room);
  if (!found) return std::unexpected(std::move(found.error()));
  const auto room = std::move(*found).value_or(journal::RoomSummary{});
  Unread unread;
  if (room.last > membership.read_through) {
    auto counted = count_unread(reader, membership, user);
    if (!counted) return std::unexpected(std::move(counted.error()));
    unread = *counted;
  }
  std::string json;
  wire::append_json_member(json, "room", membership.room);
  wire::append_json_member(json, "read", to_string(membership.read_through));
  json +=
      R"(,"unread":)" + std::to_string(unread.messages) + R"(,"mentions":)" + std::to_string(unread.mentions);
  wire::append_json_member(json, "notifications", name_of(membership.notifications));
  return json + ',' + last_member(room) + ',' + topic_member(room) + '}';
}

Result<std::string> rooms_json(journal::JournalReader& reader, const std::vector<Membership>& memberships,
                               const journal::User& user) {
  std::string json = R"({"rooms":[)";
  for (const auto& membership : memberships) {
    const auto room = room_json(reader, membership, user);
    if (!room) return room;
    if (json.back() != '[') json += ',';
    json += *room;
  }
  return json + "]}";
}

// --- Changing ----------------------------------------------------------------------------------

// Answers with the room as it is now, and tells the user's streams.
void show(Call&& call, Membership membership, const char* event) {
  ask_journal(
      std::move(call),
      [membership = std::move(membership), user = call.visitor->user](journal::JournalReader& reader) {
        return room_json(reader, membership, user);
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
      [change = std::move(change), user = call.visitor->user.id](journal::People& people) {
        return people.change(user, change);
      },
      [event](Call&& answered, Result<Membership>&& membership) {
        if (!membership) return answered.reply.send(membership.error());
        show(std::move(answered), std::move(*membership), event);
      });
}

Result<std::optional<Notifications>> read_notifications(const net::Request& request) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  const auto text = find_text(*members, "notifications");
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const auto known = std::ranges::find(kNotifications, **text, [](const auto& entry) { return entry.first; });
  if (known == std::ranges::end(kNotifications)) {
    return fail(Code::kUnprocessable, "`notifications` is one of `all`, `mentions` and `nothing`; send one.");
  }
  return known->second;
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
      [user = call.visitor->user.id](journal::People& people) { return people.memberships(user); },
      [](Call&& found, Result<std::vector<Membership>>&& memberships) {
        if (!memberships) return found.reply.send(memberships.error());
        ask_journal(
            std::move(found),
            [memberships = std::move(*memberships), user = found.visitor->user](
                journal::JournalReader& reader) { return rooms_json(reader, memberships, user); },
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
