#include "api/my_room_json.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "api/room_json.h"
#include "base/limits.h"
#include "wire/json_writer.h"
#include "wire/markdown.h"

namespace tinychat::api {
namespace {

using journal::Membership;
using journal::Notifications;

constexpr std::pair<std::string_view, Notifications> kNotifications[] = {
    {"all", Notifications::kAll},
    {"mentions", Notifications::kMentions},
    {"nothing", Notifications::kNothing}};

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

}  // namespace

Result<std::string> my_room_json(journal::JournalReader& reader, const OpenedRoom& opened,
                                 const journal::User& user) {
  const Membership& membership = opened.membership;
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
  return json + ',' + last_member(room) + ',' + topic_member(room) + ',' +
         view_members(membership.room, opened.view) + '}';
}

std::string_view name_of(Notifications notifications) {
  return std::ranges::find(kNotifications, notifications, [](const auto& entry) { return entry.second; })
      ->first;
}

std::optional<Notifications> notifications_named(std::string_view name) {
  const auto known = std::ranges::find(kNotifications, name, [](const auto& entry) { return entry.first; });
  if (known == std::ranges::end(kNotifications)) return std::nullopt;
  return known->second;
}

}  // namespace tinychat::api
