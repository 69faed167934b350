#include "journal/room_register.h"

#include <algorithm>

#include "base/limits.h"

namespace tinychat::journal {
namespace {

constexpr char kBetween = ' ';  // in no id

}  // namespace

std::string holder_in(std::string_view user, std::string_view room) {
  return room::holder_of(room::KnownUser{.id = std::string(user)}) + kBetween + std::string(room);
}

Error no_such_member() {
  return {Code::kUnprocessable,
          "There is nobody of this id who could be a member; see GET /api/v1/people for those who are in."};
}

Error no_such_private_room() {
  return {Code::kNotFound,
          "There is no such room, or it is not yours to see; ask somebody who is in it to add you."};
}

Error room_is_direct() {
  return {
      Code::kUnprocessable,
      "This is a room of two, in which nobody comes or goes and nothing is named or locked; make a room of "
      "more with POST /api/v1/rooms."};
}

Error too_many_members() {
  return {Code::kUnprocessable, "A private room has at most " + std::to_string(limits::kRoomMembersMax) +
                                    " members; use a room that is open to all who are in."};
}

Error too_many_locked_rooms() {
  return {Code::kUnprocessable, "There are " + std::to_string(limits::kLockedRoomsMax) +
                                    " locked rooms, which is as many as there can be; open one first."};
}

std::string pair_of(std::string_view one, std::string_view other) {
  const auto [first, second] = std::minmax(one, other);
  return std::string(first) + kBetween + std::string(second);
}

std::string_view other_of(std::string_view pair, std::string_view one) {
  const auto first = pair.substr(0, pair.find(kBetween));
  const auto second = pair.substr(std::min(pair.size(), first.size() + 1));
  if (first == one) return second;
  return second == one ? first : std::string_view();
}

}  // namespace tinychat::journal
