// Who is in, and as what.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/governing.h"
#include "api/json_input.h"
#include "api/problem.h"
#include "wire/json_writer.h"
#include "wire/time_text.h"

namespace tinychat::api {
namespace {

std::string person_json(const journal::User& user) {
  std::string json;
  wire::append_json_member(json, "id", user.id);
  wire::append_json_member(json, "name", user.name);
  wire::append_json_member(json, "role", room::name_of(user.role));
  return json + R"(,"created":")" + wire::rfc3339(user.created_milliseconds) + R"("})";
}

// Who was sent away is for owners to know.
std::string people_json(const std::vector<journal::User>& users, room::Role reader) {
  std::string json = R"({"people":[)";
  for (const auto& user : users) {
    if (user.role == room::Role::kRemoved && reader != room::Role::kOwner) continue;
    if (json.back() != '[') json += ',';
    json += person_json(user);
  }
  return json + "]}";
}

Result<room::Role> read_role(const net::Request& request) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  const auto text = find_text(*members, "role");
  if (!text) return std::unexpected(text.error());
  const auto role = *text ? room::find_role(**text) : std::nullopt;
  if (!role || *role == room::Role::kGuest) {
    return fail(Code::kUnprocessable, "`role` is one of `removed`, `member` and `owner`; send one.");
  }
  return *role;
}

}  // namespace

void get_people(Call&& call) {
  ask_people(
      std::move(call), [](journal::People& people) { return people.users_with_standing(); },
      [](Call&& answered, Result<std::vector<journal::User>>&& users) {
        if (!users) return answered.reply.send(users.error());
        answered.reply.send(json_response(200, people_json(*users, answered.visitor->user.role)));
      });
}

void patch_person(Call&& call) {
  const auto role = read_role(call.request);
  if (!role) return call.reply.send(role.error());
  ask_people(
      std::move(call),
      [actor = actor_of(call), id = call.id, role = *role](journal::People& people) {
        return journal::change_role(people, actor, id, role);
      },
      [](Call&& answered, Result<std::optional<journal::User>>&& user) {
        if (!user) return answered.reply.send(user.error());
        if (!*user) {
          return answered.reply.send(
              Error{Code::kNotFound, "There is nobody of this id; GET /api/v1/people lists who is in."});
        }
        answered.reply.send(json_response(200, person_json(**user)));
      });
}

}  // namespace tinychat::api
