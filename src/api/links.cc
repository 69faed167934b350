// The links by which people come in: one for members, which is shown again, and one for an owner.
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "api/actions.h"
#include "api/governing.h"
#include "api/json_input.h"
#include "api/problem.h"
#include "base/limits.h"
#include "wire/json_writer.h"

namespace tinychat::api {
namespace {

std::string link_json(const journal::Link& link, const std::string& code) {
  std::string json;
  wire::append_json_member(json, "role", room::name_of(link.role));
  wire::append_json_member(json, "path", "/join/" + code);
  append_time_or_null(json, "expires", link.expires_milliseconds);
  json += R"(,"usesLeft":)" + (link.uses_left < 0 ? "null" : std::to_string(link.uses_left));
  return json + '}';
}

// One that lets nobody in any more is none.
std::string links_json(const std::optional<journal::Link>& link, std::uint64_t now) {
  return R"({"member":)" + (link && link->is_good(now) ? link_json(*link, link->code) : "null") + '}';
}

Result<std::optional<std::int64_t>> read_uses(const JsonMembers& members) {
  const auto uses = find_number(members, "uses");
  if (!uses) return std::unexpected(uses.error());
  if (!*uses) return std::nullopt;
  if (!(**uses >= 1) || **uses > limits::kLinkUsesMax || std::floor(**uses) != **uses) {
    return fail(Code::kUnprocessable, "`uses` is a whole number from 1 to " +
                                          std::to_string(std::lround(limits::kLinkUsesMax)) +
                                          "; send such a number, or none.");
  }
  return std::llround(**uses);
}

Result<journal::Link> read_link(const net::Request& request, std::uint64_t now) {
  const auto members = read_json_members(request);
  if (!members) return std::unexpected(members.error());
  const auto text = find_text(*members, "role");
  if (!text) return std::unexpected(text.error());
  const auto role = *text ? room::find_role(**text) : std::nullopt;
  if (!role || *role < room::Role::kMember) {
    return fail(Code::kUnprocessable,
                "`role` is what the link makes of people, `member` or `owner`; send one.");
  }
  const auto expiry = read_expiry(*members, now);
  if (!expiry) return std::unexpected(expiry.error());
  const auto uses = read_uses(*members);
  if (!uses) return std::unexpected(uses.error());
  // Many come by the one link; by the other, whoever it is meant for.
  const auto usual = *role == room::Role::kOwner ? 1 : journal::Link::kAnyNumber;
  return journal::Link{
      .role = *role, .code = {}, .expires_milliseconds = *expiry, .uses_left = uses->value_or(usual)};
}

}  // namespace

void get_links(Call&& call) {
  ask_people(
      std::move(call), [](journal::People& people) { return people.passes().find_link(room::Role::kMember); },
      [](Call&& answered, Result<std::optional<journal::Link>>&& link) {
        if (!link) return answered.reply.send(link.error());
        answered.reply.send(
            json_response(200, links_json(*link, answered.settings.clock->utc_milliseconds())));
      });
}

void post_link(Call&& call) {
  auto link = read_link(call.request, call.settings.clock->utc_milliseconds());
  if (!link) return call.reply.send(link.error());
  ask_people(
      std::move(call),
      [actor = actor_of(call), link = std::move(*link)](journal::People& people) {
        return journal::make_link(people, actor, link);
      },
      [](Call&& answered, Result<journal::NewLink>&& made) {
        if (!made) return answered.reply.send(made.error());
        answered.reply.send(json_response(201, link_json(made->link, made->code)));
      });
}

}  // namespace tinychat::api
