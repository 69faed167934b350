// One connection for reading and writing: what is written here is small and seldom. The journal's writer has
// the write lock for the time of a commit; whoever comes second waits for it. Commits are not synced by
// themselves: the next sync of the journal's writer takes them along, since both write one log.
#include "journal/sqlite_people.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "journal/packed_id.h"
#include "journal/sqlite_access.h"
#include "journal/sqlite_address_blocks.h"
#include "journal/sqlite_audit.h"
#include "journal/sqlite_connection.h"
#include "journal/sqlite_file.h"
#include "journal/sqlite_passes.h"
#include "journal/sqlite_room_register.h"

namespace tinychat::journal {
namespace {

User user_in(const Run& run, int column) {
  return {.id = run.text(column),
          .name = run.text(column + 1),
          .created_milliseconds = static_cast<std::uint64_t>(run.integer(column + 2)),
          .role = static_cast<room::Role>(run.integer(column + 3))};
}

Membership membership_in(const Run& run) {
  return {.room = run.text(0),
          .read_through = unpack(run.integer(1)),
          .notifications = static_cast<Notifications>(run.integer(2))};
}

// Of a user, as user_in() reads them. The numbers of those who are not there stand for guests.
constexpr const char* kUserColumns =
    "user.public_id, user.name, user.created, "
    "ifnull((SELECT role FROM standing WHERE standing.user_id = user.user_id), 1)";

std::int64_t integer_of(std::uint64_t milliseconds) { return static_cast<std::int64_t>(milliseconds); }

// What is theirs, on another connection.
struct Beside {
  std::unique_ptr<Passes> passes;
  std::unique_ptr<Audit> audit;
  std::unique_ptr<AddressBlocks> blocks;
  std::unique_ptr<RoomRegister> rooms;
};

Beside open_beside(const SqliteFile& file) {
  const auto access = std::make_shared<SqliteAccess>(file);
  return {.passes = open_sqlite_passes(access),
          .audit = open_sqlite_audit(access),
          .blocks = open_sqlite_address_blocks(access),
          .rooms = open_sqlite_room_register(access)};
}

class SqlitePeople final : public People {
 public:
  // `beside` outlives it.
  SqlitePeople(const SqliteFile& file, Beside& beside)
      : file_(file), beside_(beside), database_(connect_writer(file, Durability::kOs)) {}

  Result<void> add(const User& user, const Session& session, std::string_view token_hash) override {
    return transact([&] {
      const std::string hash(token_hash);
      Run(add_user_).bind(user.id, user.name, integer_of(user.created_milliseconds)).step();
      Run(add_session_)
          .bind(hash, session.id, database_.getLastInsertRowid(), integer_of(session.created_milliseconds),
                integer_of(session.seen_milliseconds), session.user_agent)
          .step();
      if (user.role != room::Role::kGuest) put_role(user.id, user.role);
    });
  }

  Result<std::optional<Visitor>> visit(std::string_view token_hash, std::uint64_t now) override;

  Result<std::optional<User>> rename(std::string_view user_id, std::string_view name) override {
    std::optional<User> renamed;
    auto done = transact([&] {
      const std::string id(user_id);
      const std::string new_name(name);
      Run run(rename_);
      if (run.bind(new_name, id).step()) renamed = user_in(run, 0);
    });
    if (!done) return std::unexpected(done.error());
    return renamed;
  }

  Result<std::optional<User>> set_role(std::string_view user_id, room::Role role) override {
    std::optional<User> changed;
    bool is_last_owner = false;
    auto done = transact([&] {
      const std::string id(user_id);
      is_last_owner = role != room::Role::kOwner && is_only_owner(id);
      if (is_last_owner) return;
      put_role(id, role);
      changed = find_user(id);
    });
    if (!done) return std::unexpected(done.error());
    if (is_last_owner) return std::unexpected(last_owner());
    return changed;
  }

  Result<std::optional<User>> raise_role(std::string_view user_id, room::Role role) override {
    std::optional<User> raised;
    auto done = transact([&] {
      const std::string id(user_id);
      raised = find_user(id);
      if (!raised || raised->role == room::Role::kRemoved || raised->role >= role) return;
      put_role(id, role);
      raised->role = role;
    });
    if (!done) return std::unexpected(done.error());
    return raised;
  }

  Result<std::vector<User>> users_with_standing() override {
    return read([&] {
      std::vector<User> users;
      SQLite::Statement all(database_, std::string("SELECT ") + kUserColumns +
                                           " FROM user JOIN standing USING (user_id) WHERE role <> 1 "
                                           "ORDER BY user.name, user.public_id");
      Run run(all);
      while (run.step()) users.push_back(user_in(run, 0));
      return users;
    });
  }

  Passes& passes() override { return *beside_.passes; }
  Audit& audit() override { return *beside_.audit; }
  AddressBlocks& blocks() override { return *beside_.blocks; }
  RoomRegister& rooms() override { return *beside_.rooms; }

  Result<std::vector<Session>> sessions(std::string_view user_id) override {
    return read([&] {
      const std::string id(user_id);
      std::vector<Session> sessions;
      Run run(sessions_);
      run.bind(id);
      while (run.step()) {
        sessions.push_back({.id = run.text(0),
                            .created_milliseconds = static_cast<std::uint64_t>(run.integer(1)),
                            .seen_milliseconds = static_cast<std::uint64_t>(run.integer(2)),
                            .user_agent = run.text(3)});
      }
      return sessions;
    });
  }

  Result<bool> end_session(std::string_view user_id, std::string_view session_id) override {
    return remove(end_session_, user_id, session_id);
  }

  Result<std::vector<Membership>> memberships(std::string_view user_id) override {
    return read([&] {
      const std::string id(user_id);
      std::vector<Membership> memberships;
      Run run(memberships_);
      run.bind(id);
      while (run.step()) memberships.push_back(membership_in(run));
      return memberships;
    });
  }

  Result<Membership> change(std::string_view user_id, const MembershipChange& change) override;

  Result<bool> leave(std::string_view user_id, std::string_view room) override {
    return remove(leave_, user_id, room);
  }

 private:
  template <typename Body>
  auto read(Body body) -> Result<decltype(body())> {
    try {
      return body();
    } catch (const SQLite::Exception& exception) {
      return std::unexpected(storage_error(exception, database_, "read people from", file_));
    }
  }

  // All of `body` or nothing of it.
  template <typename Body>
  Result<void> transact(Body body) {
    try {
      Run(begin_).step();
      body();
      Run(commit_).step();
      return {};
    } catch (const SQLite::Exception& exception) {
      auto error = storage_error(exception, database_, "write people to", file_);
      if (sqlite3_get_autocommit(database_.getHandle()) == 0) {
        rollback_.tryExecuteStep();
        rollback_.tryReset();
      }
      return std::unexpected(std::move(error));
    }
  }

  Result<bool> remove(SQLite::Statement& statement, std::string_view user_id, std::string_view what) {
    bool removed = false;
    auto done = transact([&] {
      const std::string id(user_id);
      const std::string which(what);
      Run run(statement);
      removed = run.bind(id, which).step();
    });
    if (!done) return std::unexpected(done.error());
    return removed;
  }

  bool is_only_owner(const std::string& user_id) {
    SQLite::Statement find(database_,
                           "SELECT user.public_id FROM standing JOIN user USING (user_id) "
                           "WHERE role = ? ORDER BY public_id = ? LIMIT 1");
    Run run(find);
    return run.bind(static_cast<std::int64_t>(room::Role::kOwner), user_id).step() && run.text(0) == user_id;
  }

  std::optional<User> find_user(const std::string& id) {
    std::string columns = "SELECT ";
    SQLite::Statement find(database_, (columns += kUserColumns) += " FROM user WHERE public_id = ?");
    Run run(find);
    return run.bind(id).step() ? std::optional(user_in(run, 0)) : std::nullopt;
  }

  void put_role(const std::string& user_id, room::Role role) {
    SQLite::Statement put(database_,
                          "INSERT OR REPLACE INTO standing (user_id, role) "
                          "SELECT user_id, ? FROM user WHERE public_id = ?");
    Run(put).bind(static_cast<std::int64_t>(role), user_id).step();
  }

  const SqliteFile file_;
  Beside& beside_;
  SQLite::Database database_;
  SQLite::Statement begin_{database_, "BEGIN IMMEDIATE"};
  SQLite::Statement commit_{database_, "COMMIT"};
  SQLite::Statement rollback_{database_, "ROLLBACK"};
  SQLite::Statement add_user_{database_, "INSERT INTO user (public_id, name, created) VALUES (?, ?, ?)"};
  SQLite::Statement add_session_{
      database_,
      "INSERT INTO session (token_hash, public_id, user_id, created, last_seen, user_agent) "
      "VALUES (?, ?, ?, ?, ?, ?)"};
  SQLite::Statement visit_{database_, std::string("SELECT ") + kUserColumns +
                                          ", session.public_id, session.last_seen FROM session JOIN user "
                                          "USING (user_id) WHERE token_hash = ?"};
  SQLite::Statement see_{database_, "UPDATE session SET last_seen = ? WHERE token_hash = ?"};
  SQLite::Statement rename_{
      database_, std::string("UPDATE user SET name = ? WHERE public_id = ? RETURNING ") + kUserColumns};
  SQLite::Statement sessions_{
      database_,
      "SELECT session.public_id, session.created, session.last_seen, session.user_agent "
      "FROM user JOIN session USING (user_id) WHERE user.public_id = ? ORDER BY session_id DESC"};
  SQLite::Statement end_session_{
      database_,
      "DELETE FROM session WHERE user_id = (SELECT user_id FROM user WHERE public_id = ?) AND public_id = ? "
      "RETURNING 1"};
  SQLite::Statement user_{database_, "SELECT user_id FROM user WHERE public_id = ?"};
  SQLite::Statement memberships_{
      database_,
      "SELECT room, read_through, notifications FROM user JOIN membership USING (user_id) "
      "WHERE public_id = ? ORDER BY membership_id"};
  SQLite::Statement membership_{
      database_, "SELECT room, read_through, notifications FROM membership WHERE user_id = ? AND room = ?"};
  SQLite::Statement count_{database_, "SELECT count(*) FROM membership WHERE user_id = ?"};
  SQLite::Statement put_{database_,
                         "INSERT INTO membership (user_id, room, read_through, notifications) "
                         "VALUES (?, ?, ?, ?) ON CONFLICT (user_id, room) DO UPDATE SET "
                         "read_through = excluded.read_through, notifications = excluded.notifications"};
  SQLite::Statement leave_{
      database_,
      "DELETE FROM membership WHERE user_id = (SELECT user_id FROM user WHERE public_id = ?) AND room = ? "
      "RETURNING 1"};
};

Result<std::optional<Visitor>> SqlitePeople::visit(std::string_view token_hash, std::uint64_t now) {
  const std::string hash(token_hash);
  std::uint64_t seen = 0;
  auto found = read([&]() -> std::optional<Visitor> {
    Run run(visit_);
    if (!run.bind(hash).step()) return std::nullopt;
    seen = static_cast<std::uint64_t>(run.integer(5));
    return Visitor{.user = user_in(run, 0), .session_id = run.text(4)};
  });
  if (!found || !*found || now <= seen + limits::kSessionSeenLag.count()) return found;
  // A visitor is welcome also if that cannot be written down.
  if (auto seen_now = transact([&] { Run(see_).bind(integer_of(now), hash).step(); }); !seen_now) {
    log(info(seen_now.error().code).log_level, seen_now.error().detail);
  }
  return found;
}

Result<Membership> SqlitePeople::change(std::string_view user_id, const MembershipChange& change) {
  Result<Membership> outcome = std::unexpected(no_such_user());
  auto done = transact([&] {
    const std::string id(user_id);
    std::int64_t user = 0;
    {
      Run run(user_);
      if (!run.bind(id).step()) return;
      user = run.integer(0);
    }
    Membership membership{.room = change.room, .read_through = change.read_at_first};
    Run found(membership_);
    if (found.bind(user, change.room).step()) {
      membership = membership_in(found);
    } else {
      Run count(count_);
      count.bind(user).step();
      if (count.integer(0) >= static_cast<std::int64_t>(limits::kMembershipsMax)) {
        outcome = std::unexpected(too_many_memberships());
        return;
      }
    }
    if (change.read_through)
      membership.read_through = std::max(membership.read_through, *change.read_through);
    if (change.notifications) membership.notifications = *change.notifications;
    Run(put_)
        .bind(user, change.room, pack_at_most(membership.read_through),
              static_cast<std::int64_t>(membership.notifications))
        .step();
    membership.read_through = unpack(pack_at_most(membership.read_through));
    outcome = std::move(membership);
  });
  if (!done) return std::unexpected(done.error());
  return outcome;
}

// Opens the file with the first question: where nobody asks for an identity, this takes no memory.
class OnDemand final : public People {
 public:
  explicit OnDemand(SqliteFile file) : file_(std::move(file)), beside_(open_beside(file_)) {}

  Result<void> add(const User& user, const Session& session, std::string_view token_hash) override {
    return with([&](People& people) { return people.add(user, session, token_hash); });
  }
  Result<std::optional<Visitor>> visit(std::string_view token_hash, std::uint64_t now) override {
    return with([&](People& people) { return people.visit(token_hash, now); });
  }
  Result<std::optional<User>> rename(std::string_view user_id, std::string_view name) override {
    return with([&](People& people) { return people.rename(user_id, name); });
  }
  Result<std::optional<User>> set_role(std::string_view user_id, room::Role role) override {
    return with([&](People& people) { return people.set_role(user_id, role); });
  }
  Result<std::optional<User>> raise_role(std::string_view user_id, room::Role role) override {
    return with([&](People& people) { return people.raise_role(user_id, role); });
  }
  Result<std::vector<User>> users_with_standing() override {
    return with([&](People& people) { return people.users_with_standing(); });
  }
  Passes& passes() override { return *beside_.passes; }
  Audit& audit() override { return *beside_.audit; }
  AddressBlocks& blocks() override { return *beside_.blocks; }
  RoomRegister& rooms() override { return *beside_.rooms; }
  Result<std::vector<Session>> sessions(std::string_view user_id) override {
    return with([&](People& people) { return people.sessions(user_id); });
  }
  Result<bool> end_session(std::string_view user_id, std::string_view session_id) override {
    return with([&](People& people) { return people.end_session(user_id, session_id); });
  }
  Result<std::vector<Membership>> memberships(std::string_view user_id) override {
    return with([&](People& people) { return people.memberships(user_id); });
  }
  Result<Membership> change(std::string_view user_id, const MembershipChange& change) override {
    return with([&](People& people) { return people.change(user_id, change); });
  }
  Result<bool> leave(std::string_view user_id, std::string_view room) override {
    return with([&](People& people) { return people.leave(user_id, room); });
  }

 private:
  template <typename Ask>
  auto with(Ask ask) -> decltype(ask(std::declval<People&>())) {
    try {
      if (!people_) people_ = std::make_unique<SqlitePeople>(file_, beside_);
    } catch (const SQLite::Exception& exception) {
      return fail(Code::kStorageFailed, "cannot open " + file_.path.string() +
                                            " for the people: " + exception.what() + "; check its disk");
    }
    return ask(*people_);
  }

  const SqliteFile file_;
  Beside beside_;
  std::unique_ptr<SqlitePeople> people_;
};

}  // namespace

std::unique_ptr<People> open_sqlite_people(const std::filesystem::path& directory, const std::string& vfs,
                                           Readiness* readiness) {
  std::error_code ignored;
  return std::make_unique<OnDemand>(
      SqliteFile{file_in(std::filesystem::absolute(directory, ignored).lexically_normal()), vfs, readiness});
}

}  // namespace tinychat::journal
