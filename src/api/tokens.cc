// Tokens of programs: made, listed, revoked. A secret is shown once.
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/governing.h"
#include "api/json_input.h"
#include "api/problem.h"
#include "room/pass_terms.h"
#include "room/room_name.h"
#include "wire/json_writer.h"
#include "wire/time_text.h"

namespace tinychat::api {
namespace {

// Without its end.
std::string token_json(const journal::AccessToken& token) {
  std::string json;
  wire::append_json_member(json, "id", token.id);
  wire::append_json_member(json, "name", token.name);
  json += R"(,"can":[)";
  for (const auto& [name, scope] : room::kScopes) {
    if (!token.grant.allows(scope)) continue;
    if (json.back() != '[') json += ',';
    wire::append_json_string(json, name);
  }
  json += R"(],"rooms":[)";
  for (const auto& room : token.grant.rooms) {
    if (json.back() != '[') json += ',';
    wire::append_json_string(json, room);
  }
  json += R"(],"created":")" + wire::rfc3339(token.created_milliseconds) + '"';
  append_time_or_null(json, "expires", token.expires_milliseconds);
  append_time_or_null(json, "used", token.used_milliseconds);
  return json;
}

std::string tokens_json(const std::vector<journal::AccessToken>& tokens) {
  std::string json = R"({"tokens":[)";
  for (const auto& token : tokens) {
    if (json.back() != '[') json += ',';
    json += token_json(token) + '}';
  }
  return json + "]}";
}

Result<std::uint8_t> read_scopes(const JsonMembers& members) {
  const auto names = find_texts(members, "can");
  if (!names) return std::unexpected(names.error());
  auto scopes = room::scopes_of(names->value_or(std::vector<std::string>{}));
  if (!scopes) return in_member("can", std::move(scopes.error()));
  return scopes;
}

Result<std::vector<std::string>> read_rooms(const JsonMembers& members) {
  auto rooms = find_texts(members, "rooms");
  if (!rooms) return std::unexpected(rooms.error());
  if (!*rooms) return std::vector<std::string>{};
  auto valid = room::check_room_rules(**rooms);
  if (!valid) return in_member("rooms", std::move(valid.error()));
  return std::move(**rooms);
}

Result<journal::AccessToken> read_token(const net::Request& request, std::uint64_t now) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  auto name = find_text(*members, "name");
  if (!name) return std::unexpected(name.error());
  const auto scopes = read_scopes(*members);
  if (!scopes) return std::unexpected(scopes.error());
  auto rooms = read_rooms(*members);
  if (!rooms) return std::unexpected(rooms.error());
  const auto expiry = read_expiry(*members, now);
  if (!expiry) return std::unexpected(expiry.error());
  return journal::AccessToken{.id = {},
                              .name = std::move(*name).value_or(""),
                              .grant = {.scopes = *scopes, .rooms = std::move(*rooms)},
                              .expires_milliseconds = *expiry};
}

// Nobody gives away what they do not have: a private room is named, and one's own.
Result<void> check_private_rooms(journal::People& people, const std::string& maker,
                                 const room::Grant& grant) {
  for (const auto& rule : grant.rooms) {
    if (!rule.starts_with(room::kPrivateMark)) continue;
    const auto views = people.rooms().look(maker, std::span(&rule, 1));
    if (!views) return std::unexpected(views.error());
    if (!room::is_private(rule) || views->front().part == room::Part::kNone) {
      return fail(Code::kUnprocessable,
                  "A token is made for a private room by its whole name, and by a member of it; leave out " +
                      rule + ".");
    }
  }
  return {};
}

}  // namespace

void get_tokens(Call&& call) {
  ask_people(
      std::move(call), [](journal::People& people) { return people.passes().tokens(); },
      [](Call&& answered, Result<std::vector<journal::AccessToken>>&& tokens) {
        if (!tokens) return answered.reply.send(tokens.error());
        answered.reply.send(json_response(200, tokens_json(*tokens)));
      });
}

void post_token(Call&& call) {
  auto token = read_token(call.request, call.settings.clock->utc_milliseconds());
  if (!token) return call.reply.send(token.error());
  ask_people(
      std::move(call),
      [actor = actor_of(call),
       token = std::move(*token)](journal::People& people) -> Result<journal::NewToken> {
        const auto valid = check_private_rooms(people, actor.id, token.grant);
        if (!valid) return std::unexpected(valid.error());
        return journal::make_token(people, actor, token);
      },
      [](Call&& answered, Result<journal::NewToken>&& made) {
        if (!made) return answered.reply.send(made.error());
        std::string json = token_json(made->token);
        wire::append_json_member(json, "token", made->secret);
        answered.reply.send(json_response(201, json + '}'));
      });
}

void delete_token(Call&& call) {
  ask_people(
      std::move(call),
      [actor = actor_of(call), id = call.id](journal::People& people) {
        return journal::revoke_token(people, actor, &journal::AccessToken::id, id);
      },
      [](Call&& answered, Result<bool>&& revoked) {
        if (!revoked) return answered.reply.send(revoked.error());
        if (*revoked) return answered.reply.send(no_content());
        answered.reply.send(
            Error{Code::kNotFound, "There is no such token; GET /api/v1/tokens lists those there are."});
      });
}

}  // namespace tinychat::api
