#include "api/routes.h"

#include <algorithm>
#include <array>

#include "api/actions.h"
#include "room/room_name.h"

namespace tinychat::api {
namespace {

using enum Identity;
using enum room::Right;

constexpr bool kStream = true;
constexpr bool kProbe = true;
constexpr std::string_view kRoom = "{room}";
constexpr std::string_view kLastId = "/{id}";

constexpr std::array kRoutes = {
    Route{.pattern = "/", .get = {get_page, kPublic}},
    Route{.pattern = "/r/{room}/{id}", .get = {get_message_page, kPublic}},
    Route{.pattern = "/r/{room}", .get = {get_room_page, kPublic}},
    Route{.pattern = "/assets/{file}", .get = {get_asset, kPublic}},
    Route{.pattern = "/favicon.svg", .get = {get_asset, kPublic}},
    Route{.pattern = "/manifest.webmanifest", .get = {get_asset, kPublic}},
    Route{.pattern = "/sw.js", .get = {get_asset, kPublic}},
    Route{.pattern = "/openapi.yaml", .get = {get_asset, kPublic}},
    Route{.pattern = "/healthz", .get = {get_health, kPublic, kIgnored, !kStream, kProbe}},
    Route{.pattern = "/readyz", .get = {get_readiness, kPublic, kIgnored, !kStream, kProbe}},
    Route{.pattern = "/subscribe/{room}", .get = {subscribe, kSubscribe, kIgnored, kStream}},
    Route{.pattern = "/api/v1/events", .get = {get_events, kSubscribe, kOptional, kStream}},
    Route{.pattern = "/join/{code}", .get = {get_join, kPublic}, .post = {post_join, kPublic, kOptional}},
    Route{.pattern = "/api/v1/me",
          .get = {get_me, kSelf, kNeeded},
          .post = {post_me, kEnter, kOptional},
          .patch = {patch_me, kSelf, kNeeded}},
    Route{.pattern = "/api/v1/me/sessions", .get = {get_sessions, kSelf, kNeeded}},
    Route{.pattern = "/api/v1/me/sessions/{id}", .del = {delete_session, kSelf, kNeeded}},
    Route{.pattern = "/api/v1/me/rooms", .get = {get_my_rooms, kKeepRooms, kNeeded}},
    Route{.pattern = "/api/v1/me/rooms/{room}/read", .put = {put_read, kKeepRooms, kNeeded}},
    Route{.pattern = "/api/v1/me/rooms/{room}",
          .put = {put_my_room, kKeepRooms, kNeeded},
          .del = {delete_my_room, kKeepRooms, kNeeded}},
    Route{.pattern = "/api/v1/people", .get = {get_people, kListPeople, kNeeded}},
    Route{.pattern = "/api/v1/people/{id}", .patch = {patch_person, kGovern, kNeeded}},
    Route{.pattern = "/api/v1/links",
          .get = {get_links, kGovern, kNeeded},
          .post = {post_link, kGovern, kNeeded}},
    Route{.pattern = "/api/v1/tokens",
          .get = {get_tokens, kGovern, kNeeded},
          .post = {post_token, kGovern, kNeeded}},
    Route{.pattern = "/api/v1/tokens/{id}", .del = {delete_token, kGovern, kNeeded}},
    Route{.pattern = "/api/v1/blocks",
          .get = {get_blocks, kGovern, kNeeded},
          .post = {post_block, kGovern, kNeeded}},
    Route{.pattern = "/api/v1/blocks/{id}", .del = {delete_block, kGovern, kNeeded}},
    Route{.pattern = "/api/v1/audit", .get = {get_audit, kGovern, kNeeded}},
    Route{
        .pattern = "/api/v1/rooms", .get = {get_rooms, kListRooms}, .post = {post_room, kKeepRooms, kNeeded}},
    Route{.pattern = "/api/v1/rooms/{room}/members", .get = {get_members, kRead}},
    Route{.pattern = "/api/v1/rooms/{room}/members/{id}",
          .put = {put_member, kKeepRooms, kNeeded},
          .del = {delete_member, kKeepRooms, kNeeded}},
    Route{.pattern = "/api/v1/rooms/{room}/presence", .get = {get_presence, kRead}},
    Route{.pattern = "/api/v1/rooms/{room}/typing", .post = {post_typing, kShow, kNeeded}},
    Route{.pattern = "/api/v1/rooms/{room}/messages",
          .get = {get_messages, kRead},
          .post = {post_message, kPublish, kClaimed}},
    Route{.pattern = "/api/v1/rooms/{room}/messages/{id}", .get = {get_message, kRead}},
    // After those that go on where it ends.
    Route{.pattern = "/api/v1/rooms/{room}", .get = {get_room, kRead}, .patch = {patch_room, kHost, kNeeded}},
    Route{.pattern = "/{room}", .post = {publish, kPublish}},
};
constexpr const Route& kRoomRoute = kRoutes.back();

// The path ends as the pattern does after {room}, and what is left is the room's name: it may itself
// hold slashes, and end like a pattern.
std::optional<Match> match_room(const Route& route, std::string_view tail, std::string_view rest) {
  Match match{&route, rest, {}};
  if (tail.ends_with(kLastId)) {
    const auto slash = rest.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == rest.size()) return std::nullopt;
    match.id = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
    tail.remove_suffix(kLastId.size());
  }
  if (!rest.ends_with(tail)) return std::nullopt;
  match.room = rest.substr(0, rest.size() - tail.size());
  return match;
}

std::optional<Match> match_route(const Route& route, std::string_view path) {
  const auto brace = route.pattern.find('{');
  const auto prefix = route.pattern.substr(0, brace);
  if (brace == std::string_view::npos) {
    return path == prefix ? std::optional(Match{&route, {}, {}}) : std::nullopt;
  }
  if (!path.starts_with(prefix)) return std::nullopt;
  const auto rest = path.substr(prefix.size());
  const auto parameters = route.pattern.substr(brace);
  if (parameters.starts_with(kRoom)) return match_room(route, parameters.substr(kRoom.size()), rest);
  const bool is_one_segment = !rest.empty() && rest.find('/') == std::string_view::npos;
  return is_one_segment ? std::optional(Match{&route, {}, rest}) : std::nullopt;
}

bool is_reserved(std::string_view room) {
  const auto reserved = room::reserved_first_segments();
  return std::ranges::find(reserved, room.substr(0, room.find('/'))) != reserved.end();
}

Error method_not_allowed(const Route& route) {
  if (&route == &kRoomRoute) {
    return {Code::kMethodNotAllowed,
            "This is a room: POST a message to publish it here; to follow the room, GET "
            "/subscribe/<room>; to read back, GET /api/v1/rooms/<room>/messages."};
  }
  return {Code::kMethodNotAllowed, "This path takes " + allowed_methods(route) + "; use one of them."};
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

std::optional<Match> find_route(std::string_view path) {
  for (const Route& route : kRoutes) {
    if (auto match = match_route(route, path)) return match;
  }
  return std::nullopt;
}

std::string allowed_methods(const Route& route) {
  std::string methods;
  if (route.get.action != nullptr) methods += "GET, HEAD, ";
  if (route.post.action != nullptr) methods += "POST, ";
  if (route.put.action != nullptr) methods += "PUT, ";
  if (route.patch.action != nullptr) methods += "PATCH, ";
  if (route.del.action != nullptr) methods += "DELETE, ";
  return methods + "OPTIONS";
}

Result<Operation> find_operation(const Match& match, std::string_view method) {
  const Route& route = *match.route;
  const auto operation = [&]() -> const Operation* {
    if (method == "GET" || method == "HEAD") return &route.get;
    if (method == "POST") return &route.post;
    if (method == "PUT") return &route.put;
    if (method == "PATCH") return &route.patch;
    if (method == "DELETE") return &route.del;
    return nullptr;
  }();
  if (operation != nullptr && operation->action != nullptr) return *operation;
  // No room can be there, so the method is not what is wrong.
  if (&route == &kRoomRoute && is_reserved(match.room)) return std::unexpected(no_such_path());
  return std::unexpected(method_not_allowed(route));
}

}  // namespace tinychat::api
