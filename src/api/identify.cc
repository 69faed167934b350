#include "api/identify.h"

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "api/origin.h"
#include "base/limits.h"
#include "base/secret.h"
#include "wire/cookie.h"

namespace tinychat::api {
namespace {

constexpr std::string_view kCookieName = "tinychat";

Error unauthenticated() {
  return {Code::kUnauthenticated,
          "This takes a user, and the request has no cookie that stands for one; POST /api/v1/me gives it."};
}

Error forbidden() {
  return {Code::kForbidden,
          "A page of another origin sent this with the user's cookie; send it from a page of this server, or "
          "start the server with --allow-origin for that origin."};
}

// Browsers may send several Cookie fields.
std::optional<std::string_view> find_token(const net::Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "cookie") continue;
    if (const auto token = wire::find_cookie(value, kCookieName)) return token;
  }
  return std::nullopt;
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD"; }

void go_on(Call&& call, const Operation& operation, Result<std::optional<journal::Visitor>>&& visitor) {
  const bool may_be_nobody = operation.identity == Identity::kOptional;
  if (visitor) {
    call.visitor = std::move(*visitor);
  } else if (!may_be_nobody || !is_safe(call.request.method)) {
    return call.reply.send(visitor.error());
  }
  if (!call.visitor && !may_be_nobody) return call.reply.send(unauthenticated());
  operation.action(std::move(call));
}

}  // namespace

void identify(Call&& call, Operation operation) {
  if (operation.identity == Identity::kIgnored) return operation.action(std::move(call));
  const auto token = find_token(call.request);
  if (!token) {
    if (operation.identity == Identity::kNeeded) return call.reply.send(unauthenticated());
    return operation.action(std::move(call));
  }
  if (!is_safe(call.request.method) && !is_from_own_page(call.settings, call.request)) {
    return call.reply.send(forbidden());
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

std::string session_cookie(std::string_view token) {
  return wire::set_cookie(kCookieName, token,
                          token.empty() ? std::chrono::seconds(0) : limits::kSessionLifetime);
}

}  // namespace tinychat::api
