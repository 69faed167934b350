#include "journal/sqlite_check.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "journal/packed_id.h"
#include "journal/sqlite_connection.h"
#include "journal/sqlite_file.h"
#include "journal/wal_check.h"

namespace tinychat::journal {
namespace {

// More of them help nobody.
constexpr std::size_t kProblemsMax = 20;

class Checker {
 public:
  Checker(const SqliteFile& file, CheckReport& report) : database_(connect_reader(file)), report_(report) {}

  // Throws what SQLite throws.
  Result<void> run(const SqliteFile& file);

 private:
  void check_pages();
  void check_journal();
  void check_rooms();
  void check_events();
  void check_people();
  void check_standings();
  void note(std::string problem) {
    if (report_.problems.size() < kProblemsMax) report_.problems.push_back(std::move(problem));
  }
  std::int64_t number(const std::string& query) { return database_.execAndGet(query).getInt64(); }
  // `what` follows the number of rows there should be none of.
  void expect_none(const std::string& rows, const std::string& what) {
    const auto count = number("SELECT count(*) FROM " + rows);
    if (count > 0) note(std::to_string(count) + ' ' + what);
  }

  SQLite::Database database_;
  CheckReport& report_;
};

Result<void> Checker::run(const SqliteFile& file) {
  // All that follows sees one state, whoever writes meanwhile.
  database_.exec("BEGIN");
  const auto format = format_of(database_, file);
  if (!format) return std::unexpected(format.error());
  if (*format == 0) {
    note("there is nothing in it, not even tables");
    return {};
  }
  report_.format = *format;
  check_pages();
  check_journal();
  check_rooms();
  check_events();
  if (*format >= 2) check_people();
  if (*format >= 3) check_standings();
  return {};
}

void Checker::check_pages() {
  SQLite::Statement statement(database_, "PRAGMA integrity_check(" + std::to_string(kProblemsMax) + ")");
  while (statement.executeStep()) {
    std::string line = statement.getColumn(0).getString();
    if (line == "ok") continue;
    std::ranges::replace(line, '\n', ' ');
    note(std::move(line));
  }
}

void Checker::check_journal() {
  if (number("SELECT count(*) FROM journal") != 1) return note("it does not say when it began");
  if (number("SELECT origin FROM journal") < 0) note("it began at no time there is");
}

void Checker::check_rooms() {
  SQLite::Statement rooms(database_,
                          "SELECT name, messages, last_id, trimmed_through, count(event.id), "
                          "ifnull(min(event.id), 0), ifnull(max(event.id), 0) "
                          "FROM room LEFT JOIN event USING (room_id) GROUP BY room_id");
  while (rooms.executeStep()) {
    ++report_.rooms;
    const std::string room = "the room " + rooms.getColumn(0).getString();
    const auto at = [&](int column) { return rooms.getColumn(column).getInt64(); };
    const auto id = [&](int column) { return to_string(unpack(at(column))); };
    if (at(1) != at(4)) {
      note(room + " counts " + std::to_string(at(1)) + " messages and has " + std::to_string(at(4)));
    }
    if (at(6) > at(2)) note(room + " says that it ends with " + id(2) + " and goes on to " + id(6));
    if (at(5) != 0 && at(5) <= at(3)) {
      note(room + " says that it is trimmed up to " + id(3) + " and begins with " + id(5));
    }
  }
}

void Checker::check_events() {
  report_.events = number("SELECT count(*) FROM event");
  report_.newest = unpack(number("SELECT ifnull(max(id), 0) FROM event"));
  expect_none("event WHERE id <= 0", "events have no id that was ever given out");
  expect_none("event WHERE kind NOT IN (1, 2)", "events are of a kind that there is not");
  expect_none("event WHERE room_id NOT IN (SELECT room_id FROM room)", "events belong to no room");
}

void Checker::check_people() {
  report_.users = number("SELECT count(*) FROM user");
  expect_none("session WHERE user_id NOT IN (SELECT user_id FROM user)", "sessions belong to nobody");
  expect_none("membership WHERE user_id NOT IN (SELECT user_id FROM user)", "open rooms belong to nobody");
}

void Checker::check_standings() {
  expect_none("standing WHERE user_id NOT IN (SELECT user_id FROM user)", "standings belong to nobody");
  expect_none("standing WHERE role NOT IN (0, 1, 2, 3)", "standings are of a role that there is not");
  expect_none("room_member WHERE user_id NOT IN (SELECT user_id FROM user)",
              "members of private rooms are nobody");
  expect_none("room_member WHERE room NOT IN (SELECT room FROM room_profile)",
              "members are of private rooms that are not there");
}

}  // namespace

Result<CheckReport> check_sqlite_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return fail(Code::kUsage, "there is no " + path.string() + " to check; say where the journal is");
  }
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(Code::kUsage,
                path.string() + " is a directory and should be a file; say where the journal is");
  }
  CheckReport report;
  if (std::filesystem::file_size(path, ignored) == 0) {
    report.problems.emplace_back("it is empty: what was in it is gone");
    return report;
  }
  const auto log = look_at_wal(path);
  if (!log) return std::unexpected(log.error());
  if (!log->damage.empty()) report.problems.push_back(log->damage);
  report.doubt = log->doubt;
  const SqliteFile file{.path = path, .vfs = {}};
  try {
    Checker checker(file, report);
    if (auto done = checker.run(file); !done) return std::unexpected(done.error());
  } catch (const SQLite::Exception& exception) {
    switch (exception.getErrorCode() & 0xff) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
      case SQLITE_PERM:
      case SQLITE_READONLY:
      case SQLITE_CANTOPEN: return std::unexpected(opening_error(exception, file));
      default: report.problems.push_back(std::string("it cannot be read to its end: ") + exception.what());
    }
  }
  return report;
}

}  // namespace tinychat::journal
