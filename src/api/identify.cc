#include "api/identify.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admission.h"
#include "api/origin.h"
#include "base/limits.h"
#include "base/secret.h"
#include "journal/people.h"
#include "room/room_name.h"
#include "wire/ascii.h"
#include "wire/cookie.h"
#include "wire/field.h"

namespace tinychat::api {
namespace {

constexpr std::string_view kCookieName = "tinychat";

Error unauthenticated(room::Door door) {
  if (door == room::Door::kClosed) {
    return {Code::kUnauthenticated,
            "This server is for those who were let in, and nothing in the request says that you are; open a "
            "join link in the browser, or send a token as `Authorization: Bearer <token>`."};
  }
  return {Code::kUnauthenticated,
          "This takes a user, and the request has no cookie that stands for one; POST /api/v1/me gives it."};
}

Error wrong_token() {
  return {
      Code::kUnauthenticated,
      "The token stands for nothing here: it was revoked, has expired, or was never made; ask the owner of "
      "the server for another."};
}

Error wrong_page() {
  return {Code::kForbidden,
          "A page of another origin sent this with the user's cookie; send it from a page of this server, or "
          "start the server with --allow-origin for that origin."};
}

Error locked() {
  return {
      Code::kForbidden,
      "This room is locked; those who own the server (of a private room: its host) write in it, and can open "
      "it again."};
}

Error forbidden(const room::Principal& principal, room::Right right) {
  if (std::holds_alternative<room::TokenHolder>(principal)) {
    return {Code::kForbidden,
            "The token is not for this; the owner of the server can make one that is, with "
            "`tinychat token create`."};
  }
  const auto* const user = std::get_if<room::KnownUser>(&principal);
  if (user != nullptr && user->role == room::Role::kRemoved) {
    return {Code::kForbidden, "You were removed from this server; its owner can let you in again."};
  }
  if (user != nullptr && user->role == room::Role::kGuest) {
    return {Code::kForbidden, "You have not been let in yet; ask somebody who is in for the join link."};
  }
  if (right == room::Right::kHost) {
    return {Code::kForbidden,
            "This is for the owner of the server, or in a private room for its host; ask them to do it."};
  }
  return {Code::kForbidden, "This is for the owner of the server; ask them to do it."};
}

// Browsers may send several Cookie fields.
std::optional<std::string_view> find_cookie_token(const net::Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "cookie") continue;
    if (const auto token = wire::find_cookie(value, kCookieName)) return token;
  }
  return std::nullopt;
}

// What an EventSource, which cannot set headers, sends in the query.
std::optional<std::string_view> find_access_token(const Call& call, const Operation& operation) {
  constexpr std::string_view kScheme = "Bearer ";
  if (const std::string* const header = call.request.header("authorization")) {
    const std::string_view value = *header;
    if (value.size() > kScheme.size() &&
        wire::equals_ignoring_case(value.substr(0, kScheme.size()), kScheme)) {
      return wire::trim(value.substr(kScheme.size()));
    }
  }
  if (!operation.is_stream) return std::nullopt;
  if (const std::string* const value = wire::find(call.query, "access_token")) return *value;
  return std::nullopt;
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD"; }

// Whether `is` holds for one of the rooms that it is about: the one in the path, and those that a stream is
// to follow. It goes through them up to there, and copies none.
template <typename Is>
bool any_room(const Call& call, const Operation& operation, Is is) {
  if (!call.room.empty() && is(std::string_view(call.room))) return true;
  return operation.is_stream && std::ranges::any_of(call.query, [&](const wire::Field& field) {
           return field.name == "room" && is(std::string_view(field.value));
         });
}

// What somebody is to the room makes a difference; or it is locked, as far as is known here, which may be a
// second ago.
bool has_to_be_looked_up(const Call& call, const Operation& operation, std::string_view room) {
  if (room::is_private(room)) return true;
  return operation.right == room::Right::kPublish && call.port.is_locked(room);
}

std::vector<std::string> rooms_to_look_up(const Call& call, const Operation& operation) {
  std::vector<std::string> names;
  if (operation.right == room::Right::kPublic) return names;
  any_room(call, operation, [&](std::string_view room) {
    if (has_to_be_looked_up(call, operation, room)) names.emplace_back(room);
    // A stream that is to follow more is refused.
    return names.size() > limits::kRoomsPerStreamMax;
  });
  return names;
}

room::AskedRoom asked_room(const Call& call, std::string_view name) {
  const auto found = call.rooms.find(name);
  if (found != call.rooms.end()) {
    return {.name = name, .part = found->second.part, .is_locked = found->second.is_locked};
  }
  return {.name = name, .is_locked = !room::is_private(name) && call.port.is_locked(name)};
}

room::Verdict decide(const Call& call, const Operation& operation) {
  const room::Door door = call.settings.door;
  std::optional<room::Verdict> verdict;
  any_room(call, operation, [&](std::string_view room) {
    verdict = room::decide(call.principal, operation.right, asked_room(call, room), door);
    return *verdict != room::Verdict::kAllowed;
  });
  if (verdict) return *verdict;
  // What a stream without rooms lacks is for it to say.
  return room::decide(call.principal, operation.right,
                      operation.is_stream ? std::optional(room::AskedRoom{}) : std::nullopt, door);
}

// Whether everybody may do it, so that nobody has to be looked up.
bool is_for_all(const Call& call, const Operation& operation) {
  if (operation.right == room::Right::kPublic) return true;
  if (call.settings.door == room::Door::kClosed) return false;
  return !any_room(call, operation,
                   [&](std::string_view room) { return has_to_be_looked_up(call, operation, room); });
}

void refuse_nobody(Call& call, const Error& error) {
  if (call.settings.door == room::Door::kClosed) call.reply.add({"WWW-Authenticate", "Bearer"});
  call.reply.send(error);
}

// nullopt: it is allowed.
std::optional<Error> error_of(room::Verdict verdict, const Call& call, room::Right right) {
  switch (verdict) {
    case room::Verdict::kAllowed: return std::nullopt;
    case room::Verdict::kUnauthenticated: return unauthenticated(call.settings.door);
    case room::Verdict::kForbidden: return forbidden(call.principal, right);
    case room::Verdict::kHidden: return journal::no_such_private_room();
    case room::Verdict::kLocked: return locked();
  }
  return std::nullopt;
}

// The one gate: every operation runs from here, or not at all.
void let_in(Call&& call, const Operation& operation) {
  const auto error = error_of(decide(call, operation), call, operation.right);
  if (!error) return operation.action(std::move(call));
  if (error->code == Code::kUnauthenticated) return refuse_nobody(call, *error);
  call.reply.send(*error);
}

// Who asks, and what the rooms are to them that had to be looked up.
template <typename Who>
struct Identified {
  Who who;
  std::vector<journal::RoomView> views;  // of the rooms asked about, in their order
};

// `find`: Result<std::optional<Who>>(journal::People&); `id_of`: what RoomRegister::look() takes for them.
template <typename Who, typename Find, typename IdOf>
Result<std::optional<Identified<Who>>> identify_among(journal::People& people,
                                                      const std::vector<std::string>& rooms, Find find,
                                                      IdOf id_of) {
  Result<std::optional<Who>> who = find(people);
  if (!who) return std::unexpected(who.error());
  if (!*who) return std::nullopt;
  Identified<Who> identified{.who = std::move(**who), .views = {}};
  if (!rooms.empty()) {
    auto views = people.rooms().look(id_of(identified.who), rooms);
    if (!views) return std::unexpected(views.error());
    identified.views = std::move(*views);
  }
  return identified;
}

void take_views(Call& call, const std::vector<std::string>& rooms, std::vector<journal::RoomView>&& views) {
  for (std::size_t i = 0; i < views.size(); ++i) call.rooms[rooms[i]] = std::move(views[i]);
}

using Visitor = Identified<journal::Visitor>;
using Token = Identified<journal::AccessToken>;

void go_on(Call&& call, const Operation& operation, const std::vector<std::string>& rooms,
           Result<std::optional<Visitor>>&& visitor) {
  const bool may_be_nobody = operation.identity == Identity::kOptional;
  if (visitor && *visitor) {
    auto& user = (*visitor)->who.user;
    call.principal = room::KnownUser{user.id, user.role, (*visitor)->who.session_id};
    take_views(call, rooms, std::move((*visitor)->views));
    if (operation.identity != Identity::kIgnored) call.visitor = std::move((*visitor)->who);
  } else if (!visitor && (!is_for_all(call, operation) || !may_be_nobody || !is_safe(call.request.method))) {
    return call.reply.send(visitor.error());
  } else if (visitor && !admit_wrong_secret(call, operation)) {
    return;
  }
  const bool is_missed = !call.visitor && operation.identity != Identity::kIgnored && !may_be_nobody;
  if (is_missed) return refuse_nobody(call, unauthenticated(call.settings.door));
  let_in(std::move(call), operation);
}

void identify_by_token(Call&& call, const Operation& operation, std::string_view secret) {
  const auto rooms = rooms_to_look_up(call, operation);
  ask_people(
      std::move(call),
      [hash = token_hash(secret), now = call.settings.clock->utc_milliseconds(),
       rooms](journal::People& people) {
        return identify_among<journal::AccessToken>(
            people, rooms, [&](journal::People& asked) { return asked.passes().find_token(hash, now); },
            [](const auto&) { return std::string(); });
      },
      [operation, rooms](Call&& identified, Result<std::optional<Token>>&& token) {
        if (!token) return identified.reply.send(token.error());
        if (!*token) {
          if (admit_wrong_secret(identified, operation)) refuse_nobody(identified, wrong_token());
          return;
        }
        auto& found = (*token)->who;
        identified.principal = room::TokenHolder{std::move(found.id), std::move(found.grant)};
        identified.expires_milliseconds = found.expires_milliseconds;
        take_views(identified, rooms, std::move((*token)->views));
        let_in(std::move(identified), operation);
      });
}

}  // namespace

void identify(Call&& call, Operation operation) {
  const bool nobody_has_to_know = is_for_all(call, operation);
  if (operation.identity == Identity::kIgnored && nobody_has_to_know) {
    return let_in(std::move(call), operation);
  }
  if (!nobody_has_to_know) {
    if (const auto token = find_access_token(call, operation)) {
      const std::string secret(*token);
      return identify_by_token(std::move(call), operation, secret);
    }
  }
  const auto token = find_cookie_token(call.request);
  if (!token) return let_in(std::move(call), operation);
  if (!is_safe(call.request.method) && !is_from_own_page(call.settings, call.request)) {
    return call.reply.send(wrong_page());
  }
  const auto rooms = rooms_to_look_up(call, operation);
  ask_people(
      std::move(call),
      [hash = token_hash(*token), now = call.settings.clock->utc_milliseconds(),
       rooms](journal::People& people) {
        return identify_among<journal::Visitor>(
            people, rooms, [&](journal::People& asked) { return asked.visit(hash, now); },
            [](const auto& visitor) { return visitor.user.id; });
      },
      [operation, rooms](Call&& identified, Result<std::optional<Visitor>>&& visitor) {
        go_on(std::move(identified), operation, rooms, std::move(visitor));
      });
}

std::optional<Error> refuse(const Call& call, room::Right right) {
  return error_of(room::decide(call.principal, right, asked_room(call, call.room), call.settings.door), call,
                  right);
}

std::string session_cookie(const Client& client, std::string_view token) {
  return wire::set_cookie(kCookieName, token,
                          token.empty() ? std::chrono::seconds(0) : limits::kSessionLifetime,
                          client.is_secure);
}

}  // namespace tinychat::api
