#include "api/identify.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "api/admission.h"
#include "api/origin.h"
#include "base/limits.h"
#include "base/secret.h"
#include "wire/ascii.h"
#include "wire/cookie.h"

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

Error forbidden(const room::Principal& principal) {
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

// The rooms that it is about, if it is about some: in the path, or those that a stream is to follow.
std::vector<std::string_view> rooms_of(const Call& call, const Operation& operation) {
  std::vector<std::string_view> rooms;
  if (!call.room.empty()) rooms.emplace_back(call.room);
  if (!operation.is_stream) return rooms;
  for (const auto& [name, value] : call.query) {
    if (name == "room") rooms.emplace_back(value);
  }
  return rooms;
}

room::Verdict decide(const Call& call, const Operation& operation) {
  const room::Door door = call.settings.door;
  const auto rooms = rooms_of(call, operation);
  // What a stream without rooms lacks is for it to say.
  if (rooms.empty()) {
    return room::decide(call.principal, operation.right,
                        operation.is_stream ? std::optional(std::string_view()) : std::nullopt, door);
  }
  for (const auto room : rooms) {
    const auto verdict = room::decide(call.principal, operation.right, room, door);
    if (verdict != room::Verdict::kAllowed) return verdict;
  }
  return room::Verdict::kAllowed;
}

void refuse_nobody(Call& call, const Error& error) {
  if (call.settings.door == room::Door::kClosed) call.reply.add({"WWW-Authenticate", "Bearer"});
  call.reply.send(error);
}

// The one gate: every operation runs from here, or not at all.
void let_in(Call&& call, const Operation& operation) {
  switch (decide(call, operation)) {
    case room::Verdict::kAllowed: return operation.action(std::move(call));
    case room::Verdict::kUnauthenticated: return refuse_nobody(call, unauthenticated(call.settings.door));
    case room::Verdict::kForbidden: return call.reply.send(forbidden(call.principal));
  }
}

void go_on(Call&& call, const Operation& operation, Result<std::optional<journal::Visitor>>&& visitor) {
  const bool is_open = call.settings.door == room::Door::kOpen;
  const bool may_be_nobody = operation.identity == Identity::kOptional;
  if (visitor && *visitor) {
    call.principal = room::KnownUser{(*visitor)->user.id, (*visitor)->user.role};
    if (operation.identity != Identity::kIgnored) call.visitor = std::move(*visitor);
  } else if (!visitor && (!is_open || !may_be_nobody || !is_safe(call.request.method))) {
    return call.reply.send(visitor.error());
  } else if (visitor && !admit_wrong_secret(call, operation)) {
    return;
  }
  const bool is_missed = !call.visitor && operation.identity != Identity::kIgnored && !may_be_nobody;
  if (is_missed) return refuse_nobody(call, unauthenticated(call.settings.door));
  let_in(std::move(call), operation);
}

void identify_by_token(Call&& call, const Operation& operation, std::string_view secret) {
  ask_people(
      std::move(call),
      [hash = token_hash(secret), now = call.settings.clock->utc_milliseconds()](journal::People& people) {
        return people.passes().find_token(hash, now);
      },
      [operation](Call&& identified, Result<std::optional<journal::AccessToken>>&& token) {
        if (!token) return identified.reply.send(token.error());
        if (!*token) {
          if (admit_wrong_secret(identified, operation)) refuse_nobody(identified, wrong_token());
          return;
        }
        identified.principal = room::TokenHolder{std::move((*token)->id), std::move((*token)->grant)};
        identified.expires_milliseconds = (*token)->expires_milliseconds;
        let_in(std::move(identified), operation);
      });
}

}  // namespace

void identify(Call&& call, Operation operation) {
  const bool is_for_all = call.settings.door == room::Door::kOpen || operation.right == room::Right::kPublic;
  if (operation.identity == Identity::kIgnored && is_for_all) return let_in(std::move(call), operation);
  if (!is_for_all) {
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
  ask_people(
      std::move(call),
      [hash = token_hash(*token), now = call.settings.clock->utc_milliseconds()](journal::People& people) {
        return people.visit(hash, now);
      },
      [operation](Call&& identified, Result<std::optional<journal::Visitor>>&& visitor) {
        go_on(std::move(identified), operation, std::move(visitor));
      });
}

std::string session_cookie(const Client& client, std::string_view token) {
  return wire::set_cookie(kCookieName, token,
                          token.empty() ? std::chrono::seconds(0) : limits::kSessionLifetime,
                          client.is_secure);
}

}  // namespace tinychat::api
