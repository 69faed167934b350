#include "room/rights.h"

#include <algorithm>

#include "room/room_name.h"

namespace tinychat::room {
namespace {

constexpr char kAnyEnd = '*';
constexpr char kBeforeSession = '/';  // in no id

// By Role.
constexpr std::array<std::string_view, 4> kRoleNames = {"removed", "guest", "member", "owner"};

// What a token needs for it; nullopt: it is for users alone.
std::optional<Scope> scope_for(Right right) {
  switch (right) {
    case Right::kListRooms:
    case Right::kRead: return Scope::kRead;
    case Right::kSubscribe: return Scope::kSubscribe;
    case Right::kPublish: return Scope::kPublish;
    case Right::kPublic:
    case Right::kEnter:
    case Right::kSelf:
    case Right::kKeepRooms:
    case Right::kShow:
    case Right::kListPeople:
    case Right::kHost:
    case Right::kGovern: return std::nullopt;
  }
  return std::nullopt;
}

Verdict allowed_if(bool may) { return may ? Verdict::kAllowed : Verdict::kForbidden; }

Verdict decide_for(Role role, Right right, Door door) {
  if (role == Role::kRemoved) return Verdict::kForbidden;
  if (right == Right::kGovern || right == Right::kHost) return allowed_if(role == Role::kOwner);
  // Also where the door is open, and whoever has an identity is a guest.
  if (right == Right::kListPeople) return allowed_if(role >= Role::kMember);
  // Also of those who have not been let in: whoever has an identity can see that, and give it up.
  if (right == Right::kSelf || right == Right::kEnter) return Verdict::kAllowed;
  return allowed_if(door == Door::kOpen || role >= Role::kMember);
}

// Not by the door: a token says what it is for.
Verdict decide_for(const Grant& grant, Right right, const std::optional<AskedRoom>& room) {
  const auto scope = scope_for(right);
  if (!scope || !grant.allows(*scope)) return Verdict::kForbidden;
  // What is about all rooms is for who may have all of them.
  if (!room) return allowed_if(grant.rooms.empty());
  if (grant.covers(room->name)) return Verdict::kAllowed;
  return is_private(room->name) ? Verdict::kHidden : Verdict::kForbidden;
}

Verdict decide_for_nobody(Right right, Door door) {
  const bool takes_a_user = right == Right::kSelf || right == Right::kKeepRooms || right == Right::kShow ||
                            right == Right::kHost || right == Right::kListPeople || right == Right::kGovern;
  return door == Door::kOpen && !takes_a_user ? Verdict::kAllowed : Verdict::kUnauthenticated;
}

// Whatever kind of room it is.
Verdict decide_in_general(const Principal& principal, Right right, const std::optional<AskedRoom>& room,
                          Door door) {
  if (const auto* user = std::get_if<KnownUser>(&principal)) return decide_for(user->role, right, door);
  if (const auto* token = std::get_if<TokenHolder>(&principal)) return decide_for(token->grant, right, room);
  return decide_for_nobody(right, door);
}

bool may_unlock(const Principal& principal, const AskedRoom& room) {
  if (is_private(room.name)) return room.part == Part::kHost;
  const auto* const user = std::get_if<KnownUser>(&principal);
  return user != nullptr && user->role == Role::kOwner;
}

}  // namespace

std::string_view name_of(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> find_role(std::string_view name) {
  const auto found = std::ranges::find(kRoleNames, name);
  if (found == kRoleNames.end()) return std::nullopt;
  return static_cast<Role>(found - kRoleNames.begin());
}

bool Grant::covers(std::string_view room) const {
  const bool is_hidden = is_private(room);
  if (rooms.empty()) return !is_hidden;
  return std::ranges::any_of(rooms, [&](std::string_view rule) {
    if (is_hidden && !rule.starts_with(room.front())) return false;
    if (!rule.ends_with(kAnyEnd)) return rule == room;
    rule.remove_suffix(1);
    return room.starts_with(rule);
  });
}

std::string holder_of(const Principal& principal) {
  if (const auto* user = std::get_if<KnownUser>(&principal)) {
    return "user:" + user->id + (user->session.empty() ? "" : kBeforeSession + user->session);
  }
  if (const auto* token = std::get_if<TokenHolder>(&principal)) return "token:" + token->id;
  return {};
}

bool is_holder_of(std::string_view revoked, std::string_view holder) {
  if (!holder.starts_with(revoked)) return false;
  holder.remove_prefix(revoked.size());
  return holder.empty() || holder.front() == kBeforeSession;
}

Verdict decide(const Principal& principal, Right right, const std::optional<AskedRoom>& room, Door door) {
  if (right == Right::kPublic) return Verdict::kAllowed;
  const bool is_about_private = room && is_private(room->name);
  // Of a private room its host has a say, whoever owns the server; but who is none is to see no difference.
  const Right general = is_about_private && right == Right::kHost ? Right::kKeepRooms : right;
  const auto verdict = decide_in_general(principal, general, room, door);
  if (verdict != Verdict::kAllowed) return verdict;
  if (is_about_private && room->part == Part::kNone) return Verdict::kHidden;
  if (is_about_private && right == Right::kHost) return allowed_if(room->part == Part::kHost);
  if (room && room->is_locked && right == Right::kPublish && !may_unlock(principal, *room)) {
    return Verdict::kLocked;
  }
  return Verdict::kAllowed;
}

Result<void> check_room_rule(std::string_view rule) {
  if (!rule.ends_with(kAnyEnd)) return check_room_name(rule);
  rule.remove_suffix(1);
  if (rule.find(kAnyEnd) != std::string_view::npos) {
    return fail(Code::kUnprocessable,
                "A `*` stands for any end of a room's name, and only there; leave out the others.");
  }
  if (rule.empty()) return {};
  // What comes after it is another segment, or more of the last one.
  return check_room_name(std::string(rule) + 'x');
}

}  // namespace tinychat::room
