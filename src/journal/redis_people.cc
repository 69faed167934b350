// The people in Redis, the same for every node. What changes several things is one script.

#include <algorithm>
#include <tuple>
#include <utility>

#include "journal/people.h"
#include "journal/redis_address_blocks.h"
#include "journal/redis_audit.h"
#include "journal/redis_part.h"
#include "journal/redis_passes.h"
#include "journal/redis_room_register.h"
#include "journal/redis_scripts.h"
#include "journal/redis_site.h"
#include "journal/redis_values.h"

namespace tinychat::journal {
namespace {

std::string milliseconds_text(std::chrono::milliseconds time) { return std::to_string(time.count()); }

std::string notifications_text(Notifications notifications) {
  return std::to_string(static_cast<int>(notifications));
}

Notifications notifications_in(std::string_view text) {
  const auto number = number_in<int>(text).value_or(0);
  if (number < static_cast<int>(Notifications::kAll) || number > static_cast<int>(Notifications::kNothing)) {
    return Notifications::kMentions;
  }
  return static_cast<Notifications>(number);
}

class RedisPeople final : public People {
 public:
  explicit RedisPeople(SharedSite site)
      : redis_(std::move(site), "people"),
        passes_(make_redis_passes(redis_)),
        audit_(make_redis_audit(redis_)),
        blocks_(make_redis_address_blocks(redis_)),
        rooms_(make_redis_room_register(redis_)) {}

  Result<void> add(const User& user, const Session& session, std::string_view token_hash) override;
  Result<std::optional<Visitor>> visit(std::string_view token_hash, std::uint64_t now) override;
  Result<std::optional<User>> rename(std::string_view user_id, std::string_view name) override;
  Result<std::optional<User>> set_role(std::string_view user_id, room::Role role) override;
  Result<std::optional<User>> raise_role(std::string_view user_id, room::Role role) override;
  Result<std::vector<User>> users_with_standing() override;
  Passes& passes() override { return *passes_; }
  Audit& audit() override { return *audit_; }
  AddressBlocks& blocks() override { return *blocks_; }
  RoomRegister& rooms() override { return *rooms_; }
  Result<std::vector<Session>> sessions(std::string_view user_id) override;
  Result<bool> end_session(std::string_view user_id, std::string_view session_id) override;
  Result<std::vector<Membership>> memberships(std::string_view user_id) override;
  Result<Membership> change(std::string_view user_id, const MembershipChange& change) override;
  Result<bool> leave(std::string_view user_id, std::string_view room) override;

 private:
  Result<std::optional<User>> give_role(std::string_view user_id, room::Role role,
                                        std::string_view only_raise);

  RedisPart redis_;
  const std::unique_ptr<Passes> passes_;
  const std::unique_ptr<Audit> audit_;
  const std::unique_ptr<AddressBlocks> blocks_;
  const std::unique_ptr<RoomRegister> rooms_;
  const std::string session_lifetime_ = milliseconds_text(limits::kSessionLifetime);
  const std::string memberships_max_ = std::to_string(limits::kMembershipsMax);
};

// --- Users and sessions ------------------------------------------------------------------------

Result<void> RedisPeople::add(const User& user, const Session& session, std::string_view token_hash) {
  auto reply = redis_.evaluate(
      redis_people_scripts().add,
      {redis_.keys().user(user.id), redis_.keys().token(token_hash), redis_.keys().sessions(user.id),
       redis_.keys().standings()},
      {user.id, user.name, std::to_string(user.created_milliseconds), session.id,
       std::to_string(session.created_milliseconds), std::to_string(session.seen_milliseconds),
       session.user_agent, token_hash, session_lifetime_, text_of(user.role)});
  if (!reply) return std::unexpected(reply.error());
  return {};
}

Result<std::optional<Visitor>> RedisPeople::visit(std::string_view token_hash, std::uint64_t now) {
  auto reply = redis_.evaluate(redis_people_scripts().visit, {redis_.keys().token(token_hash)},
                               {redis_.keys().base(), std::to_string(now),
                                milliseconds_text(limits::kSessionSeenLag), session_lifetime_});
  if (!reply) return std::unexpected(reply.error());
  const auto value = reply->value();
  if (value.is_nil()) return std::nullopt;
  return Visitor{.user = {.id = std::string(value[0].text()),
                          .name = std::string(value[1].text()),
                          .created_milliseconds = milliseconds_in(value[2].text()),
                          .role = role_in(value[4].text())},
                 .session_id = std::string(value[3].text())};
}

Result<std::optional<User>> RedisPeople::rename(std::string_view user_id, std::string_view name) {
  auto reply = redis_.evaluate(redis_people_scripts().rename, {redis_.keys().user(user_id)}, {name});
  if (!reply) return std::unexpected(reply.error());
  if (reply->value().is_nil()) return std::nullopt;
  return User{.id = std::string(user_id),
              .name = std::string(name),
              .created_milliseconds = milliseconds_in(reply->value()[0].text()),
              .role = role_in(reply->value()[1].text())};
}

Result<std::optional<User>> RedisPeople::set_role(std::string_view user_id, room::Role role) {
  return give_role(user_id, role, "");
}

Result<std::optional<User>> RedisPeople::raise_role(std::string_view user_id, room::Role role) {
  return give_role(user_id, role, "1");
}

Result<std::optional<User>> RedisPeople::give_role(std::string_view user_id, room::Role role,
                                                   std::string_view only_raise) {
  auto reply = redis_.evaluate(
      redis_people_scripts().set_role, {redis_.keys().user(user_id), redis_.keys().standings()},
      {user_id, text_of(role), text_of(room::Role::kOwner), redis_.keys().base(), only_raise});
  if (!reply) return std::unexpected(reply.error());
  const auto value = reply->value();
  if (value.is_nil()) return std::nullopt;
  if (!value.is_array()) return std::unexpected(last_owner());
  return User{.id = std::string(user_id),
              .name = std::string(value[0].text()),
              .created_milliseconds = milliseconds_in(value[1].text()),
              .role = role_in(value[2].text())};
}

Result<std::vector<User>> RedisPeople::users_with_standing() {
  auto reply =
      redis_.evaluate(redis_people_scripts().standings, {redis_.keys().standings()}, {redis_.keys().base()});
  if (!reply) return std::unexpected(reply.error());
  const auto value = reply->value();
  std::vector<User> users;
  users.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    users.push_back({.id = std::string(value[i][0].text()),
                     .name = std::string(value[i][1].text()),
                     .created_milliseconds = milliseconds_in(value[i][2].text()),
                     .role = role_in(value[i][3].text())});
  }
  std::ranges::sort(
      users, [](const User& a, const User& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
  return users;
}

Result<std::vector<Session>> RedisPeople::sessions(std::string_view user_id) {
  auto reply = redis_.evaluate(redis_people_scripts().sessions, {redis_.keys().sessions(user_id)},
                               {redis_.keys().base()});
  if (!reply) return std::unexpected(reply.error());
  const auto value = reply->value();
  std::vector<std::pair<std::uint64_t, Session>> placed;
  placed.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    placed.emplace_back(milliseconds_in(value[i][0].text()),
                        Session{.id = std::string(value[i][1].text()),
                                .created_milliseconds = milliseconds_in(value[i][2].text()),
                                .seen_milliseconds = milliseconds_in(value[i][3].text()),
                                .user_agent = std::string(value[i][4].text())});
  }
  std::ranges::sort(placed, std::greater(), [](const auto& one) { return one.first; });
  std::vector<Session> sessions;
  sessions.reserve(placed.size());
  for (auto& [place, session] : placed) sessions.push_back(std::move(session));
  return sessions;
}

Result<bool> RedisPeople::end_session(std::string_view user_id, std::string_view session_id) {
  auto reply = redis_.evaluate(redis_people_scripts().end_session, {redis_.keys().sessions(user_id)},
                               {redis_.keys().base(), session_id});
  if (!reply) return std::unexpected(reply.error());
  return reply->value().integer() > 0;
}

// --- Rooms -------------------------------------------------------------------------------------

Result<std::vector<Membership>> RedisPeople::memberships(std::string_view user_id) {
  auto reply = redis_.call({"HGETALL", redis_.keys().memberships(user_id)});
  if (!reply) return std::unexpected(reply.error());
  const auto fields = reply->value();
  std::vector<std::pair<std::uint64_t, Membership>> placed;
  placed.reserve(fields.size() / 2);
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    const std::string_view text = fields[i + 1].text();
    const auto first = text.find(' ');
    const auto second = text.rfind(' ');
    const auto place = number_in<std::uint64_t>(text.substr(0, first));
    const auto read =
        first < second ? parse_event_id(text.substr(first + 1, second - first - 1)) : std::nullopt;
    if (!place || !read) {
      return fail(Code::kStorageFailed, "under our keys in Redis there is \"" +
                                            std::string(text.substr(0, 60)) +
                                            "\" instead of a membership; is the --redis-prefix ours alone?");
    }
    placed.emplace_back(*place, Membership{.room = std::string(fields[i].text()),
                                           .read_through = *read,
                                           .notifications = notifications_in(text.substr(second + 1))});
  }
  std::ranges::sort(placed, std::less(), [](const auto& one) { return one.first; });
  std::vector<Membership> memberships;
  memberships.reserve(placed.size());
  for (auto& [place, membership] : placed) memberships.push_back(std::move(membership));
  return memberships;
}

Result<Membership> RedisPeople::change(std::string_view user_id, const MembershipChange& change) {
  auto reply = redis_.evaluate(redis_people_scripts().change,
                               {redis_.keys().user(user_id), redis_.keys().memberships(user_id)},
                               {change.room, to_string(change.read_at_first),
                                change.read_through ? to_string(*change.read_through) : "",
                                change.notifications ? notifications_text(*change.notifications) : "",
                                memberships_max_, notifications_text(Membership{}.notifications)});
  if (!reply) return std::unexpected(reply.error());
  const auto value = reply->value();
  if (value.text() == "nobody") return std::unexpected(no_such_user());
  if (value.text() == "full") return std::unexpected(too_many_memberships());
  const auto read = id_in(value[0]);
  if (!read) return std::unexpected(read.error());
  return Membership{
      .room = change.room, .read_through = *read, .notifications = notifications_in(value[1].text())};
}

Result<bool> RedisPeople::leave(std::string_view user_id, std::string_view room) {
  return redis_.forget(redis_.keys().memberships(user_id), room);
}

}  // namespace

std::unique_ptr<People> make_redis_people(SharedSite site) {
  return std::make_unique<RedisPeople>(std::move(site));
}

}  // namespace tinychat::journal
