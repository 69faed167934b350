#include "journal/sqlite_room_register.h"

#include <optional>
#include <utility>

#include "base/limits.h"
#include "journal/sqlite_passes.h"
#include "room/room_name.h"

namespace tinychat::journal {
namespace {

// Members that may be there, in the order in which they came.
constexpr const char* kMembersPresent =
    "FROM room_member JOIN user USING (user_id) LEFT JOIN standing USING (user_id) "
    "WHERE room = ? AND ifnull(role, 1) <> 0 ORDER BY room_member_id";

std::string members_present(std::string statement, std::string_view rest = {}) {
  statement += kMembersPresent;
  return statement += rest;
}

struct Row {
  std::string title;
  bool is_locked = false;
  std::string pair;
};

class SqliteRoomRegister final : public RoomRegister {
 public:
  explicit SqliteRoomRegister(SharedSqliteAccess access) : access_(std::move(access)) {}

  Result<void> make(std::string_view room, std::string_view title,
                    std::span<const std::string> users) override {
    if (users.size() > limits::kRoomMembersMax) return std::unexpected(too_many_members());
    const std::string name(room);
    return attempt([&] { return make_with(name, std::string(title), nullptr, users); });
  }

  Result<std::string> make_direct(std::string_view room, std::string_view one,
                                  std::string_view other) override {
    std::string name(room);
    const std::string pair = pair_of(one, other);
    const std::string users[] = {std::string(one), std::string(other)};
    auto made = attempt([&]() -> std::optional<Error> {
      auto find = access_->statement("SELECT room FROM room_profile WHERE pair = ?");
      Run run(find);
      if (!run.bind(pair).step()) return make_with(name, "", &pair, users);
      name = run.text(0);
      return std::nullopt;
    });
    if (!made) return std::unexpected(std::move(made.error()));
    return name;
  }

  Result<std::vector<RoomView>> look(std::string_view user, std::span<const std::string> rooms) override {
    return access_->read([&] {
      const std::string id(user);
      std::vector<RoomView> views;
      views.reserve(rooms.size());
      for (const auto& room : rooms) views.push_back(view_of(id, room));
      return views;
    });
  }

  Result<std::optional<RoomMembers>> members(std::string_view room) override {
    return access_->read([&]() -> std::optional<RoomMembers> {
      const std::string name(room);
      const auto profile = find(name);
      if (!profile || !room::is_private(room)) return std::nullopt;
      RoomMembers members;
      auto select = access_->statement(members_present("SELECT public_id, name "));
      Run run(select);
      run.bind(name);
      while (run.step()) members.people.push_back({.id = run.text(0), .name = run.text(1)});
      if (profile->pair.empty() && !members.people.empty()) members.host = members.people.front().id;
      return members;
    });
  }

  Result<void> add(std::string_view room, std::string_view user, std::string_view by) override {
    const std::string name(room);
    const std::string id(user);
    return attempt([&]() -> std::optional<Error> {
      const auto profile = find(name);
      if (!profile || !room::is_private(room)) return no_such_private_room();
      if (!by.empty() && !is_member(name, std::string(by))) return no_such_private_room();
      if (!profile->pair.empty()) return room_is_direct();
      if (is_member(name, id)) return can_be_member(id) ? std::nullopt : std::optional(no_such_member());
      if (!can_be_member(id)) return no_such_member();
      auto count = access_->statement("SELECT count(*) FROM room_member WHERE room = ?");
      Run run(count);
      run.bind(name).step();
      if (run.integer(0) >= static_cast<std::int64_t>(limits::kRoomMembersMax)) return too_many_members();
      put_member(name, id);
      return std::nullopt;
    });
  }

  Result<bool> remove(std::string_view room, std::string_view user) override {
    const std::string name(room);
    const std::string id(user);
    bool is_gone = false;
    auto done = attempt([&]() -> std::optional<Error> {
      const auto profile = find(name);
      if (!profile) return std::nullopt;
      if (!profile->pair.empty()) return room_is_direct();
      auto take = access_->statement(
          "DELETE FROM room_member WHERE room = ? "
          "AND user_id = (SELECT user_id FROM user WHERE public_id = ?) RETURNING 1");
      is_gone = Run(take).bind(name, id).step();
      if (!is_gone) return std::nullopt;
      auto forget = access_->statement(
          "DELETE FROM room_profile WHERE room = ? AND room NOT IN (SELECT room FROM room_member)");
      Run(forget).bind(name).step();
      note_revoked(*access_, holder_in(user, room));
      return std::nullopt;
    });
    if (!done) return std::unexpected(std::move(done.error()));
    return is_gone;
  }

  Result<void> change(std::string_view room, const RoomChange& change) override {
    const std::string name(room);
    return attempt([&]() -> std::optional<Error> {
      auto profile = find(name);
      if (room::is_private(room) && !profile) return no_such_private_room();
      if (profile && !profile->pair.empty()) return room_is_direct();
      if (!profile) profile.emplace();
      if (change.is_locked.value_or(false) && !profile->is_locked && !room::is_private(room) &&
          all_locked().size() >= limits::kLockedRoomsMax) {
        return too_many_locked_rooms();
      }
      if (change.title) profile->title = *change.title;
      if (change.is_locked) profile->is_locked = *change.is_locked;
      auto put = access_->statement(
          "INSERT INTO room_profile (room, title, is_locked, is_private) VALUES (?, ?, ?, ?) "
          "ON CONFLICT (room) DO UPDATE SET title = excluded.title, is_locked = excluded.is_locked");
      Run(put)
          .bind(name, profile->title, std::int64_t{profile->is_locked}, std::int64_t{room::is_private(room)})
          .step();
      return std::nullopt;
    });
  }

  Result<std::vector<std::string>> locked() override {
    return access_->read([&] { return all_locked(); });
  }

 private:
  // `body` says why not, before it has changed anything.
  template <typename Body>
  Result<void> attempt(Body body) {
    std::optional<Error> refusal;
    auto done = access_->transact([&] { refusal = body(); });
    if (!done) return done;
    if (refusal) return std::unexpected(std::move(*refusal));
    return {};
  }

  std::optional<Error> make_with(const std::string& room, const std::string& title, const std::string* pair,
                                 std::span<const std::string> users) {
    for (const auto& user : users) {
      if (!can_be_member(user)) return no_such_member();
    }
    auto put = access_->statement(
        "INSERT INTO room_profile (room, title, is_locked, is_private, pair) VALUES (?, ?, 0, 1, ?)");
    Run(put).bind(room, title, pair).step();
    for (const auto& user : users) put_member(room, user);
    return std::nullopt;
  }

  void put_member(const std::string& room, const std::string& user) {
    auto put = access_->statement(
        "INSERT INTO room_member (room, user_id) SELECT ?, user_id FROM user WHERE public_id = ?");
    Run(put).bind(room, user).step();
  }

  std::optional<Row> find(const std::string& room) {
    if (!find_) {
      find_.emplace(access_->database(), "SELECT title, is_locked, pair FROM room_profile WHERE room = ?");
    }
    Run run(*find_);
    if (!run.bind(room).step()) return std::nullopt;
    return Row{.title = run.text(0), .is_locked = run.integer(1) != 0, .pair = run.text(2)};
  }

  bool can_be_member(const std::string& user) {
    auto select = access_->statement(
        "SELECT 1 FROM user LEFT JOIN standing USING (user_id) WHERE public_id = ? AND ifnull(role, 1) <> 0");
    return Run(select).bind(user).step();
  }

  bool is_member(const std::string& room, const std::string& user) {
    if (!is_member_) {
      is_member_.emplace(
          access_->database(),
          "SELECT 1 FROM room_member JOIN user USING (user_id) WHERE room = ? AND public_id = ?");
    }
    return Run(*is_member_).bind(room, user).step();
  }

  bool is_host(const std::string& room, const std::string& user) {
    if (!host_) {
      host_.emplace(access_->database(), members_present("SELECT public_id ", " LIMIT 1"));
    }
    Run run(*host_);
    return run.bind(room).step() && run.text(0) == user;
  }

  RoomView view_of(const std::string& user, const std::string& room) {
    const auto profile = find(room);
    if (!profile) return {};
    RoomView view{
        .title = profile->title, .is_locked = profile->is_locked, .is_direct = !profile->pair.empty()};
    if (!room::is_private(room)) return view;
    if (user.empty()) {
      view.part = room::Part::kMember;
      return view;
    }
    if (!is_member(room, user)) return {};
    view.part = !view.is_direct && is_host(room, user) ? room::Part::kHost : room::Part::kMember;
    if (view.is_direct) view.title = name_of(std::string(other_of(profile->pair, user)));
    return view;
  }

  std::string name_of(const std::string& user) {
    auto select = access_->statement("SELECT name FROM user WHERE public_id = ?");
    Run run(select);
    return run.bind(user).step() ? run.text(0) : std::string();
  }

  std::vector<std::string> all_locked() {
    std::vector<std::string> rooms;
    auto select = access_->statement("SELECT room FROM room_profile WHERE is_locked = 1 AND is_private = 0");
    Run run(select);
    while (run.step()) rooms.push_back(run.text(0));
    return rooms;
  }

  const SharedSqliteAccess access_;
  std::optional<SQLite::Statement> find_;
  std::optional<SQLite::Statement> is_member_;
  std::optional<SQLite::Statement> host_;
};

}  // namespace

std::unique_ptr<RoomRegister> open_sqlite_room_register(SharedSqliteAccess access) {
  return std::make_unique<SqliteRoomRegister>(std::move(access));
}

}  // namespace tinychat::journal
