// Who may do what: the one place that decides. Pure; what it is told of who asks comes from the people.
//
// What is open to whoever reaches the server goes through here, too, so that there is one table to read.
// Nothing is decided for each delivery: a stream was let in for its rooms, and is ended when that changes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tinychat::room {

// What a user is to the server. The numbers are stored.
enum class Role : std::uint8_t {
  kRemoved = 0,  // was let in, and was sent away
  kGuest = 1,    // asked for an identity where everybody may; nobody has let them in
  kMember = 2,   // came by a link
  kOwner = 3,    // and may say who else is in
};

// `removed`, `guest`, `member`, `owner`.
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> find_role(std::string_view name);

// What a token can be good for. The numbers are stored, added up.
enum class Scope : std::uint8_t {
  kRead = 1,       // what was said
  kSubscribe = 2,  // what is said from now on
  kPublish = 4,
};

struct ScopeName {
  std::string_view name;
  Scope scope;
};
inline constexpr std::array kScopes = {ScopeName{"publish", Scope::kPublish},
                                       ScopeName{"subscribe", Scope::kSubscribe},
                                       ScopeName{"read", Scope::kRead}};

// What a token allows.
struct Grant {
  std::uint8_t scopes = 0;  // Scope, added up
  // Names, or prefixes that end in `*`; none: every room that is not private. Private ones take a rule that
  // begins as they do, with `~`.
  std::vector<std::string> rooms = {};

  [[nodiscard]] bool allows(Scope scope) const { return (scopes & static_cast<std::uint8_t>(scope)) != 0; }
  [[nodiscard]] bool covers(std::string_view room) const;

  friend bool operator==(const Grant&, const Grant&) = default;
};

// Who asks.
struct Nobody {};
struct KnownUser {
  std::string id;
  Role role = Role::kGuest;
  std::string session = {};  // by which they are known; empty: any
};
struct TokenHolder {
  std::string id;
  Grant grant;
};
using Principal = std::variant<Nobody, KnownUser, TokenHolder>;

// One name for a token, a user, or a user by one session, among all of them; empty: nobody's.
[[nodiscard]] std::string holder_of(const Principal& principal);
// Whether what `revoked` has lost is also `holder`'s: a user's sessions are theirs.
[[nodiscard]] bool is_holder_of(std::string_view revoked, std::string_view holder);

enum class Door : std::uint8_t {
  kOpen,    // whoever reaches the server may read and write
  kClosed,  // members and tokens
};

// What somebody is in a private room.
enum class Part : std::uint8_t {
  kNone,
  kMember,
  kHost,  // and may say who else is, and lock and rename it
};

// A room that somebody asks about.
struct AskedRoom {
  std::string_view name;
  Part part = Part::kNone;  // in a private one; a token is in every one that there is
  bool is_locked = false;
};

// What an operation needs. Each route names one.
enum class Right : std::uint8_t {
  kPublic,      // nothing: the page without its contents, health, the way in
  kEnter,       // to get an identity without a link
  kSelf,        // to see and change one's own account
  kKeepRooms,   // to keep rooms, and where they were read to
  kListRooms,   // to see which rooms there are
  kRead,        // to read what was said in a room, and who is there
  kSubscribe,   // to follow a room
  kPublish,     // to write in a room
  kShow,        // to show in a room that one writes
  kHost,        // to rename and lock a room, to send somebody out of a private one
  kListPeople,  // to see who is in
  kGovern,      // to say who is in
};
inline constexpr std::size_t kRights = static_cast<std::size_t>(Right::kGovern) + 1;

enum class Verdict : std::uint8_t {
  kAllowed,
  kUnauthenticated,  // somebody might, and nobody known asks
  kForbidden,        // who asks is known, and may not
  kHidden,           // the room is none that who asks may know of
  kLocked,           // only those write there who may also open it again
};

// `room`: the one it is about, if it is about one.
[[nodiscard]] Verdict decide(const Principal& principal, Right right, const std::optional<AskedRoom>& room,
                             Door door);

// What is wrong with a text that is to be a room of a grant: a room's name, or what one begins with and a
// `*`. Errors: kMalformed, kUnprocessable.
[[nodiscard]] Result<void> check_room_rule(std::string_view rule);

}  // namespace tinychat::room
