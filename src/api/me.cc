// Who the cookie stands for: the user and their sessions.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/admission.h"
#include "api/friendly_name.h"
#include "api/identify.h"
#include "api/json_input.h"
#include "api/newcomer.h"
#include "api/problem.h"
#include "api/sender.h"
#include "base/secret.h"
#include "wire/json_writer.h"
#include "wire/time_text.h"

namespace tinychat::api {
namespace {

std::string_view name_of(room::Door door) { return door == room::Door::kOpen ? "open" : "closed"; }

std::string user_json(const journal::User& user, room::Door door) {
  std::string json = R"({"id":)";
  wire::append_json_string(json, user.id);
  json += R"(,"name":)";
  wire::append_json_string(json, user.name);
  json += R"(,"created":")" + wire::rfc3339(user.created_milliseconds) + '"';
  wire::append_json_member(json, "role", room::name_of(user.role));
  wire::append_json_member(json, "door", name_of(door));
  return json + '}';
}

void append_session(std::string& json, const journal::Session& session, bool is_current) {
  json += R"({"id":)";
  wire::append_json_string(json, session.id);
  json += R"(,"created":")" + wire::rfc3339(session.created_milliseconds) + R"(","lastSeen":")" +
          wire::rfc3339(session.seen_milliseconds) + R"(","userAgent":)";
  wire::append_json_string(json, session.user_agent);
  json += is_current ? R"(,"current":true})" : R"(,"current":false})";
}

std::string sessions_json(const std::vector<journal::Session>& sessions, std::string_view current) {
  std::string json = R"({"sessions":[)";
  for (const auto& session : sessions) {
    if (json.back() != '[') json += ',';
    append_session(json, session, session.id == current);
  }
  return json + "]}";
}

// The name that the body asks for; nullopt: none.
Result<std::optional<std::string>> read_name(const net::Request& request) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  auto name = find_text(*members, "name");
  if (!name || !*name) return name;
  if (const auto valid = check_sender("name", **name); !valid) return std::unexpected(valid.error());
  return name;
}

void become_guest(Call&& call, std::string name) {
  auto guest = make_newcomer(call, std::move(name));
  ask_people(
      std::move(call),
      [guest = std::move(guest)](journal::People& people) -> Result<Newcomer> {
        auto added = people.add(guest.user, guest.session, token_hash(guest.token));
        if (!added) return std::unexpected(std::move(added.error()));
        return guest;
      },
      [](Call&& answered, Result<Newcomer>&& added) {
        if (!added) return answered.reply.send(added.error());
        auto response = json_response(201, user_json(added->user, answered.settings.door));
        response.headers.push_back({"Set-Cookie", session_cookie(answered.client, added->token)});
        answered.reply.send(std::move(response));
      });
}

}  // namespace

void get_me(Call&& call) {
  call.reply.send(json_response(200, user_json(call.visitor->user, call.settings.door)));
}

void post_me(Call&& call) {
  if (call.visitor) return get_me(std::move(call));
  auto name = read_name(call.request);
  if (!name) return call.reply.send(name.error());
  if (!admit_new_user(call)) return;
  become_guest(std::move(call), *name ? std::move(**name) : friendly_name());
}

void patch_me(Call&& call) {
  auto name = read_name(call.request);
  if (!name) return call.reply.send(name.error());
  if (!*name) {
    return call.reply.send(
        Error{Code::kUnprocessable, "There is no `name`; send the name to take from now on in it."});
  }
  ask_people(
      std::move(call),
      [id = call.visitor->user.id, name = std::move(**name)](journal::People& people) {
        return people.rename(id, name);
      },
      [](Call&& answered, Result<std::optional<journal::User>>&& user) {
        if (!user) return answered.reply.send(user.error());
        if (!*user) return answered.reply.send(journal::no_such_user());
        const auto& previous = answered.visitor->user.name;
        if ((*user)->name != previous) {
          // Who misses it learns the name with the next message.
          answered.port.tell(
              hub::RenamedSignal{.user = {.id = (*user)->id, .name = (*user)->name}, .previous = previous});
        }
        answered.reply.send(json_response(200, user_json(**user, answered.settings.door)));
      });
}

void get_sessions(Call&& call) {
  ask_people(
      std::move(call), [id = call.visitor->user.id](journal::People& people) { return people.sessions(id); },
      [](Call&& answered, Result<std::vector<journal::Session>>&& sessions) {
        if (!sessions) return answered.reply.send(sessions.error());
        answered.reply.send(json_response(200, sessions_json(*sessions, answered.visitor->session_id)));
      });
}

void delete_session(Call&& call) {
  if (call.id == "current") call.id = call.visitor->session_id;
  ask_people(
      std::move(call),
      [user = call.visitor->user.id, session = call.id](journal::People& people) -> Result<bool> {
        const auto sessions = people.sessions(user);
        if (!sessions) return std::unexpected(sessions.error());
        if (std::ranges::find(*sessions, session, &journal::Session::id) == sessions->end()) return false;
        // First: what fails after it can be asked for again.
        const auto told = people.passes().revoke(room::holder_of(room::KnownUser{user, {}, session}));
        if (!told) return std::unexpected(told.error());
        return people.end_session(user, session);
      },
      [](Call&& answered, Result<bool>&& ended) {
        if (!ended) return answered.reply.send(ended.error());
        if (!*ended) {
          return answered.reply.send(Error{
              Code::kNotFound, "You have no such session; GET /api/v1/me/sessions lists those there are."});
        }
        auto response = no_content();
        if (answered.id == answered.visitor->session_id) {
          response.headers.push_back({"Set-Cookie", session_cookie(answered.client, "")});
        }
        answered.reply.send(std::move(response));
      });
}

}  // namespace tinychat::api
