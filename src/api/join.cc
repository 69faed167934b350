// The way in: a link leads to a page with one button. The page itself changes nothing, so that programs that
// look at links before people do (mail scanners, previews in chats) use none up.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/actions.h"
#include "api/admission.h"
#include "api/friendly_name.h"
#include "api/identify.h"
#include "api/join_page.h"
#include "api/newcomer.h"
#include "api/origin.h"
#include "api/problem.h"
#include "base/secret.h"
#include "journal/acts.h"

namespace tinychat::api {
namespace {

Error wrong_link() {
  return {
      Code::kNotFound,
      "This link lets nobody in: it was replaced, has expired, or was used as often as it may be; ask who "
      "gave it to you for the one that is good now."};
}

Error wrong_site() {
  return {Code::kForbidden,
          "A page of another site sent this; open the link in the browser, and press the button there."};
}

Error was_removed() {
  return {Code::kForbidden, "You were removed from this server; its owner can let you in again."};
}

// Who came in, with a token for the cookie if they are new.
struct Joined {
  std::string token;
};

void note_owner(journal::People& people, room::Role role, const journal::User& user, std::uint64_t now) {
  if (role != room::Role::kOwner) return;
  journal::note(people, {.id = user.id, .name = user.name, .now_milliseconds = now}, "person.owner",
                user.name, user.id);
}

// The link is used up first: what fails after that costs a use and lets nobody in twice.
Result<Joined> join(journal::People& people, const std::string& hash, std::uint64_t now,
                    const std::optional<journal::User>& user, Newcomer newcomer) {
  const auto role = people.passes().use_link(hash, now);
  if (!role) return std::unexpected(role.error());
  if (!*role) return std::unexpected(wrong_link());
  if (user) {
    // As they are by now.
    const auto raised = people.raise_role(user->id, **role);
    if (!raised) return std::unexpected(raised.error());
    if (*raised && (*raised)->role == room::Role::kRemoved) return std::unexpected(was_removed());
    note_owner(people, **role, *user, now);
    return Joined{};
  }
  newcomer.user.role = **role;
  auto added = people.add(newcomer.user, newcomer.session, token_hash(newcomer.token));
  if (!added) return std::unexpected(std::move(added.error()));
  note_owner(people, newcomer.user.role, newcomer.user, now);
  return Joined{.token = std::move(newcomer.token)};
}

}  // namespace

void get_join(Call&& call) { call.reply.send(join_page(call.request)); }

void post_join(Call&& call) {
  if (!is_from_own_page(call.settings, call.request)) return call.reply.send(wrong_site());
  call.reply.dress(JoinRefusals(call.request));
  if (!admit_new_user(call)) return;
  std::optional<journal::User> user;
  if (call.visitor) user = call.visitor->user;
  if (user && user->role == room::Role::kRemoved) return call.reply.send(was_removed());
  ask_people(
      std::move(call),
      [hash = token_hash(call.id), now = call.settings.clock->utc_milliseconds(), user = std::move(user),
       newcomer = make_newcomer(call, friendly_name())](journal::People& people) {
        return join(people, hash, now, user, newcomer);
      },
      [](Call&& answered, Result<Joined>&& joined) {
        if (!joined) {
          const bool is_wrong = joined.error().code == Code::kNotFound;
          if (!is_wrong || admit_wrong_link(answered)) answered.reply.send(joined.error());
          return;
        }
        net::Response response;
        response.status = 303;
        response.headers = {{"Location", "/"}, {"Cache-Control", "no-store"}};
        if (!joined->token.empty()) {
          response.headers.push_back({"Set-Cookie", session_cookie(answered.client, joined->token)});
        }
        answered.reply.send(std::move(response));
      });
}

}  // namespace tinychat::api
