#include "journal/memory_room_register.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/limits.h"
#include "journal/people.h"
#include "room/room_name.h"

namespace tinychat::journal {
namespace {

struct Profile {
  std::string title = {};
  bool is_locked = false;
  std::string pair = {};                  // of a direct room
  std::vector<std::string> members = {};  // of a private one; who has been there for longest first
};

class MemoryRoomRegister final : public RoomRegister {
 public:
  MemoryRoomRegister(FindUser find_user, Passes& passes)
      : find_user_(std::move(find_user)), passes_(passes) {}

  Result<void> make(std::string_view room, std::string_view title,
                    std::span<const std::string> users) override {
    if (users.size() > limits::kRoomMembersMax) return std::unexpected(too_many_members());
    if (!std::ranges::all_of(users, [&](const auto& user) { return can_be_member(user); })) {
      return std::unexpected(no_such_member());
    }
    profiles_[std::string(room)] = {.title = std::string(title), .members = {users.begin(), users.end()}};
    return {};
  }

  Result<std::string> make_direct(std::string_view room, std::string_view one,
                                  std::string_view other) override {
    std::string pair = pair_of(one, other);
    const auto found =
        std::ranges::find(profiles_, pair, [](const auto& entry) { return entry.second.pair; });
    if (found != profiles_.end()) return found->first;
    if (!can_be_member(one) || !can_be_member(other)) return std::unexpected(no_such_member());
    std::string name(room);
    profiles_[name] = {.pair = std::move(pair), .members = {std::string(one), std::string(other)}};
    return name;
  }

  Result<std::vector<RoomView>> look(std::string_view user, std::span<const std::string> rooms) override {
    std::vector<RoomView> views;
    views.reserve(rooms.size());
    for (const auto& room : rooms) views.push_back(view_of(user, room));
    return views;
  }

  Result<std::optional<RoomMembers>> members(std::string_view room) override {
    const auto found = profiles_.find(room);
    if (found == profiles_.end() || found->second.members.empty()) return std::nullopt;
    RoomMembers members;
    for (const auto& id : found->second.members) {
      if (can_be_member(id)) members.people.push_back({.id = id, .name = find_user_(id)->name});
    }
    if (found->second.pair.empty()) members.host = host_of(found->second);
    return members;
  }

  Result<void> add(std::string_view room, std::string_view user, std::string_view by) override {
    const auto found = profiles_.find(room);
    if (found == profiles_.end() || found->second.members.empty()) {
      return std::unexpected(no_such_private_room());
    }
    const auto& those = found->second.members;
    if (!by.empty() && std::ranges::find(those, by) == those.end()) {
      return std::unexpected(no_such_private_room());
    }
    if (!found->second.pair.empty()) return std::unexpected(room_is_direct());
    if (!can_be_member(user)) return std::unexpected(no_such_member());
    auto& members = found->second.members;
    if (std::ranges::find(members, user) != members.end()) return {};
    if (members.size() >= limits::kRoomMembersMax) return std::unexpected(too_many_members());
    members.emplace_back(user);
    return {};
  }

  Result<bool> remove(std::string_view room, std::string_view user) override {
    const auto found = profiles_.find(room);
    if (found == profiles_.end()) return false;
    if (!found->second.pair.empty()) return std::unexpected(room_is_direct());
    if (std::erase(found->second.members, user) == 0) return false;
    if (found->second.members.empty()) profiles_.erase(found);
    if (auto told = passes_.revoke(holder_in(user, room)); !told) return std::unexpected(told.error());
    return true;
  }

  Result<void> change(std::string_view room, const RoomChange& change) override {
    const auto found = profiles_.find(room);
    if (room::is_private(room) && found == profiles_.end()) return std::unexpected(no_such_private_room());
    if (found != profiles_.end() && !found->second.pair.empty()) return std::unexpected(room_is_direct());
    const bool was_locked = found != profiles_.end() && found->second.is_locked;
    if (change.is_locked.value_or(false) && !was_locked && !room::is_private(room) &&
        locked()->size() >= limits::kLockedRoomsMax) {
      return std::unexpected(too_many_locked_rooms());
    }
    auto& profile = profiles_[std::string(room)];
    if (change.title) profile.title = *change.title;
    if (change.is_locked) profile.is_locked = *change.is_locked;
    return {};
  }

  Result<std::vector<std::string>> locked() override {
    std::vector<std::string> rooms;
    for (const auto& [name, profile] : profiles_) {
      if (profile.is_locked && !room::is_private(name)) rooms.push_back(name);
    }
    return rooms;
  }

 private:
  [[nodiscard]] bool can_be_member(std::string_view id) const {
    const User* const user = find_user_(id);
    return user != nullptr && user->role != room::Role::kRemoved;
  }

  [[nodiscard]] std::string host_of(const Profile& profile) const {
    const auto host =
        std::ranges::find_if(profile.members, [&](const auto& id) { return can_be_member(id); });
    return host == profile.members.end() ? std::string() : *host;
  }

  [[nodiscard]] RoomView view_of(std::string_view user, std::string_view room) const {
    const auto found = profiles_.find(room);
    if (found == profiles_.end()) return {};
    const Profile& profile = found->second;
    RoomView view{.title = profile.title, .is_locked = profile.is_locked, .is_direct = !profile.pair.empty()};
    if (!room::is_private(room)) return view;
    if (user.empty()) {
      view.part = room::Part::kMember;
      return view;
    }
    if (std::ranges::find(profile.members, user) == profile.members.end()) return {};
    const bool is_host = !view.is_direct && host_of(profile) == user;
    view.part = is_host ? room::Part::kHost : room::Part::kMember;
    if (view.is_direct) view.title = find_user_(other_of(profile.pair, user))->name;
    return view;
  }

  const FindUser find_user_;
  Passes& passes_;
  std::map<std::string, Profile, std::less<>> profiles_;
};

}  // namespace

std::unique_ptr<RoomRegister> make_memory_room_register(FindUser find_user, Passes& passes) {
  return std::make_unique<MemoryRoomRegister>(std::move(find_user), passes);
}

}  // namespace tinychat::journal
