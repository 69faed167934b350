// The people: users, the sessions that stand for them, and the rooms they have opened.
//
// A guest is a user with one session; whatever else there will be to a user hangs on the same row. Tokens
// never come here, only their hashes. Ids and times come from the caller, so that every implementation does
// the same with them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_id.h"
#include "base/result.h"
#include "journal/address_blocks.h"
#include "journal/audit.h"
#include "journal/passes.h"
#include "journal/room_register.h"
#include "room/rights.h"

namespace tinychat::journal {

struct User {
  std::string id;  // public, never changes
  std::string name;
  std::uint64_t created_milliseconds = 0;
  room::Role role = room::Role::kGuest;

  friend bool operator==(const User&, const User&) = default;
};

struct Session {
  std::string id;  // public
  std::uint64_t created_milliseconds = 0;
  std::uint64_t seen_milliseconds = 0;
  std::string user_agent;  // UTF-8

  friend bool operator==(const Session&, const Session&) = default;
};

// Who a token stands for.
struct Visitor {
  User user;
  std::string session_id;

  friend bool operator==(const Visitor&, const Visitor&) = default;
};

// What a user wants to be notified of. The numbers are stored.
enum class Notifications : std::uint8_t { kAll = 1, kMentions = 2, kNothing = 3 };

// A room that a user has opened.
struct Membership {
  std::string room;
  EventId read_through;
  Notifications notifications = Notifications::kMentions;

  friend bool operator==(const Membership&, const Membership&) = default;
};

// What is to become of a membership; it is made if it is not there.
struct MembershipChange {
  std::string room;
  EventId read_at_first = {};                // of a membership that is made
  std::optional<EventId> read_through = {};  // goes forward only
  std::optional<Notifications> notifications = {};
};

// Owned and used by one thread, which may block. What a call has returned success for survives the end of
// the process; it survives the loss of power at the latest with the next message that is acknowledged, so
// whoever wrote a message that is there is there, too. Errors: kStorageFull and kStorageFailed, after which
// nothing of the call is stored and the object is usable; kUnavailable of one that several nodes share, after
// which it is not known whether it is stored.
class People {
 public:
  People() = default;
  People(const People&) = delete;
  People& operator=(const People&) = delete;
  virtual ~People() = default;

  // The ids and the hash are new.
  virtual Result<void> add(const User& user, const Session& session, std::string_view token_hash) = 0;

  // The visitor whose token has this hash, and that they were here: Session::seen_milliseconds lags behind by
  // at most limits::kSessionSeenLag.
  virtual Result<std::optional<Visitor>> visit(std::string_view token_hash,
                                               std::uint64_t now_milliseconds) = 0;

  // The user as they are then; nullopt: there is no such user.
  virtual Result<std::optional<User>> rename(std::string_view user_id, std::string_view name) = 0;

  // The newest first.
  virtual Result<std::vector<Session>> sessions(std::string_view user_id) = 0;
  // False: the user has no such session.
  virtual Result<bool> end_session(std::string_view user_id, std::string_view session_id) = 0;

  // The user as they are then; nullopt: there is no such user. kUnprocessable: they are the only owner, and
  // would be none any more.
  virtual Result<std::optional<User>> set_role(std::string_view user_id, room::Role role) = 0;
  // The same, but at least that role: who has a higher one keeps it, and who was removed stays so.
  virtual Result<std::optional<User>> raise_role(std::string_view user_id, room::Role role) = 0;
  // All but guests, by name, and by id where names are alike.
  virtual Result<std::vector<User>> users_with_standing() = 0;

  // In the order in which they were opened.
  virtual Result<std::vector<Membership>> memberships(std::string_view user_id) = 0;
  // The membership as it is then. kUnprocessable: the user has limits::kMembershipsMax rooms already, or is
  // none.
  virtual Result<Membership> change(std::string_view user_id, const MembershipChange& change) = 0;
  // False: the room was not open.
  virtual Result<bool> leave(std::string_view user_id, std::string_view room) = 0;

  // Tokens and links. Lives as long as this.
  virtual Passes& passes() = 0;
  // What owners did. Lives as long as this.
  virtual Audit& audit() = 0;
  // Addresses that are refused. Lives as long as this.
  virtual AddressBlocks& blocks() = 0;
  // Titles, locks and members of rooms. Lives as long as this.
  virtual RoomRegister& rooms() = 0;
};

// What all implementations refuse with.
[[nodiscard]] Error too_many_memberships();
[[nodiscard]] Error no_such_user();
[[nodiscard]] Error last_owner();

}  // namespace tinychat::journal
