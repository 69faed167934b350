// What is known of rooms beside what was said in them: titles, locks, and who is a member of a private one.
//
// A private room is there as long as it has members. Its host is the one of them who has been there for
// longest, of those who were not removed from the server; so there is always one. A direct room is a private
// room of two: nobody comes, nobody goes, and it has no host.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "room/presence.h"
#include "room/rights.h"

namespace tinychat::journal {

// A room as somebody sees it.
struct RoomView {
  std::string title = {};  // for people; empty: none. Of a direct room the other one's name
  bool is_locked = false;
  bool is_direct = false;
  room::Part part = room::Part::kNone;  // in a private room; kNone: and nothing else is said of it

  friend bool operator==(const RoomView&, const RoomView&) = default;
};

struct RoomMembers {
  std::vector<room::Person> people;  // who has been there for longest first, without those who were removed
  std::string host;                  // an id; empty: of a direct room

  friend bool operator==(const RoomMembers&, const RoomMembers&) = default;
};

struct RoomChange {
  std::optional<std::string> title = {};
  std::optional<bool> is_locked = {};
};

// Users are named by their ids, private rooms by names that are private by their shape. Thread, errors and
// durability as People has them.
class RoomRegister {
 public:
  RoomRegister() = default;
  RoomRegister(const RoomRegister&) = delete;
  RoomRegister& operator=(const RoomRegister&) = delete;
  virtual ~RoomRegister() = default;

  // A private room of these users, no two alike, at most limits::kRoomMembersMax; the first is its host.
  // kUnprocessable: one of them is no user, or was removed.
  virtual Result<void> make(std::string_view room, std::string_view title,
                            std::span<const std::string> users) = 0;
  // The name of the direct room of two users: `room` if there was none. kUnprocessable as make().
  virtual Result<std::string> make_direct(std::string_view room, std::string_view one,
                                          std::string_view other) = 0;

  // The rooms, each as that user sees it. Whoever is no user (an empty id) is a member of all rooms there
  // are, and sees no title of a direct one: that is how tokens see them.
  virtual Result<std::vector<RoomView>> look(std::string_view user, std::span<const std::string> rooms) = 0;
  // nullopt: there is no such private room.
  virtual Result<std::optional<RoomMembers>> members(std::string_view room) = 0;

  // Also one who is a member. `by`: who adds them, and has to be a member then; empty: nobody is asked for.
  // kNotFound: there is no such room, or it is not theirs who adds; kUnprocessable: it is direct or full, or
  // there is no such user, or they were removed.
  virtual Result<void> add(std::string_view room, std::string_view user, std::string_view by) = 0;
  // From then on they are no member, and holder_in() is among the revocations of Passes. False: they were
  // none. kUnprocessable: it is direct.
  virtual Result<bool> remove(std::string_view room, std::string_view user) = 0;

  // Any room's. kNotFound: a private one that is not there; kUnprocessable: it is direct, or
  // limits::kLockedRoomsMax are locked.
  virtual Result<void> change(std::string_view room, const RoomChange& change) = 0;
  // Those of them that are not private.
  virtual Result<std::vector<std::string>> locked() = 0;
};

// Among revocations: who has lost a right to one room.
[[nodiscard]] std::string holder_in(std::string_view user, std::string_view room);

// What all implementations refuse with.
[[nodiscard]] Error no_such_member();
[[nodiscard]] Error no_such_private_room();
[[nodiscard]] Error room_is_direct();
[[nodiscard]] Error too_many_members();
[[nodiscard]] Error too_many_locked_rooms();

// The name of a pair of users, the same for both.
[[nodiscard]] std::string pair_of(std::string_view one, std::string_view other);
// Whom somebody of the pair writes to. Empty: they are not of it.
[[nodiscard]] std::string_view other_of(std::string_view pair, std::string_view one);

}  // namespace tinychat::journal
