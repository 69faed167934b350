#include "journal/memory_people.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/limits.h"
#include "journal/memory_address_blocks.h"
#include "journal/memory_audit.h"
#include "journal/memory_passes.h"
#include "journal/memory_room_register.h"

namespace tinychat::journal {
namespace {

struct Account {
  User user;
  std::vector<Session> sessions;  // the oldest first
  std::vector<Membership> memberships;
};

struct Token {
  std::string user_id;
  std::string session_id;
};

class MemoryPeople final : public People {
 public:
  Result<void> add(const User& user, const Session& session, std::string_view token_hash) override {
    auto& account = accounts_[user.id];
    account.user = user;
    account.sessions.push_back(session);
    tokens_.emplace(token_hash, Token{user.id, session.id});
    return {};
  }

  Result<std::optional<Visitor>> visit(std::string_view token_hash, std::uint64_t now) override {
    const auto token = tokens_.find(token_hash);
    if (token == tokens_.end()) return std::nullopt;
    auto& account = accounts_.find(token->second.user_id)->second;
    auto& session = *std::ranges::find(account.sessions, token->second.session_id, &Session::id);
    if (now > session.seen_milliseconds + limits::kSessionSeenLag.count()) session.seen_milliseconds = now;
    return Visitor{account.user, session.id};
  }

  Result<std::optional<User>> rename(std::string_view user_id, std::string_view name) override {
    const auto account = accounts_.find(user_id);
    if (account == accounts_.end()) return std::nullopt;
    account->second.user.name = name;
    return account->second.user;
  }

  Result<std::vector<Session>> sessions(std::string_view user_id) override {
    const auto account = accounts_.find(user_id);
    if (account == accounts_.end()) return std::vector<Session>{};
    auto sessions = account->second.sessions;
    std::ranges::reverse(sessions);
    return sessions;
  }

  Result<bool> end_session(std::string_view user_id, std::string_view session_id) override {
    const auto account = accounts_.find(user_id);
    if (account == accounts_.end()) return false;
    if (std::erase_if(account->second.sessions,
                      [&](const Session& session) { return session.id == session_id; }) == 0) {
      return false;
    }
    std::erase_if(tokens_, [&](const auto& token) { return token.second.session_id == session_id; });
    return true;
  }

  Result<std::optional<User>> set_role(std::string_view user_id, room::Role role) override {
    const auto account = accounts_.find(user_id);
    if (account == accounts_.end()) return std::nullopt;
    if (account->second.user.role == room::Role::kOwner && role != room::Role::kOwner && owners() == 1) {
      return std::unexpected(last_owner());
    }
    account->second.user.role = role;
    return account->second.user;
  }

  Result<std::optional<User>> raise_role(std::string_view user_id, room::Role role) override {
    const auto account = accounts_.find(user_id);
    if (account == accounts_.end()) return std::nullopt;
    auto& user = account->second.user;
    if (user.role != room::Role::kRemoved) user.role = std::max(user.role, role);
    return user;
  }

  Result<std::vector<User>> users_with_standing() override {
    std::vector<User> users;
    for (const auto& [id, account] : accounts_) {
      if (account.user.role != room::Role::kGuest) users.push_back(account.user);
    }
    std::ranges::sort(
        users, [](const User& a, const User& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
    return users;
  }

  Result<std::vector<Membership>> memberships(std::string_view user_id) override {
    const auto account = accounts_.find(user_id);
    return account == accounts_.end() ? std::vector<Membership>{} : account->second.memberships;
  }

  Result<Membership> change(std::string_view user_id, const MembershipChange& change) override {
    const auto account = accounts_.find(user_id);
    if (account == accounts_.end()) return std::unexpected(no_such_user());
    auto& memberships = account->second.memberships;
    auto membership = std::ranges::find(memberships, change.room, &Membership::room);
    if (membership == memberships.end()) {
      if (memberships.size() >= limits::kMembershipsMax) return std::unexpected(too_many_memberships());
      membership =
          memberships.insert(membership, {.room = change.room, .read_through = change.read_at_first});
    }
    if (change.read_through)
      membership->read_through = std::max(membership->read_through, *change.read_through);
    if (change.notifications) membership->notifications = *change.notifications;
    return *membership;
  }

  Result<bool> leave(std::string_view user_id, std::string_view room) override {
    const auto account = accounts_.find(user_id);
    if (account == accounts_.end()) return false;
    return std::erase_if(account->second.memberships,
                         [&](const Membership& membership) { return membership.room == room; }) > 0;
  }

  Passes& passes() override { return *passes_; }
  Audit& audit() override { return *audit_; }
  AddressBlocks& blocks() override { return *blocks_; }
  RoomRegister& rooms() override { return *rooms_; }

 private:
  [[nodiscard]] std::size_t owners() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        accounts_, [](const auto& one) { return one.second.user.role == room::Role::kOwner; }));
  }
  [[nodiscard]] const User* find_user(std::string_view id) const {
    const auto account = accounts_.find(id);
    return account == accounts_.end() ? nullptr : &account->second.user;
  }

  const std::unique_ptr<Passes> passes_ = make_memory_passes();
  const std::unique_ptr<Audit> audit_ = make_memory_audit();
  const std::unique_ptr<AddressBlocks> blocks_ = make_memory_address_blocks();
  const std::unique_ptr<RoomRegister> rooms_ =
      make_memory_room_register([this](std::string_view id) { return find_user(id); }, *passes_);
  std::map<std::string, Account, std::less<>> accounts_;  // by user id
  std::map<std::string, Token, std::less<>> tokens_;      // by hash
};

}  // namespace

std::unique_ptr<People> make_memory_people() { return std::make_unique<MemoryPeople>(); }

}  // namespace tinychat::journal
