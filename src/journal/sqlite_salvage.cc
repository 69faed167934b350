// A page that cannot be read ends a walk over its table. So each table is walked from both ends, and events
// also by their index, which has their ids and lies on pages of its own; what these walks have found is then
// read row by row.
#include "journal/sqlite_salvage.h"

#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <vector>

#include "journal/sqlite_file.h"

namespace tinychat::journal {
namespace {

constexpr const char* kMend = R"sql(
INSERT INTO room (room_id, name, messages, last_id, trimmed_through)
  SELECT DISTINCT room_id, 'recovered-' || room_id, 0, 0, 0 FROM event
  WHERE room_id NOT IN (SELECT room_id FROM room);
UPDATE room SET
  messages = (SELECT count(*) FROM event WHERE event.room_id = room.room_id),
  last_id = max(last_id, ifnull((SELECT max(id) FROM event WHERE event.room_id = room.room_id), 0)),
  trimmed_through = min(trimmed_through, ifnull((SELECT min(id) FROM event WHERE event.room_id = room.room_id) - 1,
                                                trimmed_through));
INSERT OR IGNORE INTO journal VALUES (1, 0, 0);
)sql";
constexpr const char* kMendPeople = R"sql(
DELETE FROM session WHERE user_id NOT IN (SELECT user_id FROM user);
DELETE FROM membership WHERE user_id NOT IN (SELECT user_id FROM user);
)sql";
constexpr const char* kMendStandings = R"sql(
DELETE FROM standing WHERE user_id NOT IN (SELECT user_id FROM user);
DELETE FROM room_member WHERE user_id NOT IN (SELECT user_id FROM user);
DELETE FROM room_member WHERE room NOT IN (SELECT room FROM room_profile);
DELETE FROM room_profile WHERE is_private AND room NOT IN (SELECT room FROM room_member);
)sql";

struct Table {
  const char* name;
  std::int64_t since;   // which format
  const char* columns;  // of format 1; of all of them in later formats
  const char* index;    // that has all rows; or none
};

constexpr Table kTables[] = {
    {"journal", 1, "one, origin, fences", nullptr},
    {"room", 1, "room_id, name, messages, last_id, trimmed_through", nullptr},
    {"event", 1, "id, room_id, kind, sender, text, idempotency_key", "event_by_room"},
    {"user", 2, nullptr, nullptr},
    {"session", 2, nullptr, nullptr},
    {"membership", 2, nullptr, nullptr},
    {"standing", 3, nullptr, nullptr},
    {"access_token", 3, nullptr, nullptr},
    {"link", 3, nullptr, nullptr},
    {"audit", 3, nullptr, nullptr},
    {"address_block", 3, nullptr, nullptr},
    {"room_profile", 3, nullptr, nullptr},
    {"room_member", 3, nullptr, nullptr},
};

// As far as it comes.
void walk(SQLite::Database& database, const std::string& query, std::vector<std::int64_t>& rows) {
  try {
    SQLite::Statement statement(database, query);
    while (statement.executeStep()) rows.push_back(statement.getColumn(0).getInt64());
  } catch (const SQLite::Exception&) {
    return;  // another walk may come further
  }
}

std::vector<std::int64_t> rows_of(SQLite::Database& database, const Table& table) {
  const std::string select = std::string("SELECT rowid FROM ") + table.name;
  std::vector<std::int64_t> rows;
  walk(database, select + " NOT INDEXED ORDER BY rowid", rows);
  walk(database, select + " NOT INDEXED ORDER BY rowid DESC", rows);
  if (table.index != nullptr) walk(database, select + " INDEXED BY " + table.index, rows);
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

void bind(SQLite::Statement& statement, int place, const SQLite::Column& value) {
  if (value.isInteger()) {
    statement.bind(place, value.getInt64());
  } else if (value.isNull()) {
    statement.bind(place);
  } else {
    statement.bind(place, value.getString());
  }
}

// On two connections: one that has met damage fails at whatever it does next in a transaction.
void copy_rows(SQLite::Database& from, SQLite::Database& to, const Table& table, std::int64_t format) {
  if (format < table.since) return;
  const bool is_format_1 = format == 1;
  const std::string columns = is_format_1 ? table.columns : "*";
  const std::string into = is_format_1 ? std::string(table.name) + " (" + columns + ')' : table.name;
  SQLite::Statement read(from, "SELECT " + columns + " FROM " + table.name + " NOT INDEXED WHERE rowid = ?");
  const int count = read.getColumnCount();
  std::string places = "?";
  for (int i = 1; i < count; ++i) places += ", ?";
  SQLite::Statement write(to, "INSERT OR REPLACE INTO " + into + " VALUES (" + places + ')');
  for (const std::int64_t row : rows_of(from, table)) {
    read.bind(1, row);
    if (read.tryExecuteStep() == SQLITE_ROW) {
      for (int i = 0; i < count; ++i) bind(write, i + 1, read.getColumn(i));
      const int code = write.tryExecuteStep();
      write.tryReset();
      // What breaks a rule of the tables is damage that still looked like a row.
      if (code != SQLITE_DONE && (code & 0xff) != SQLITE_CONSTRAINT)
        throw SQLite::Exception(to.getHandle(), code);
    }
    read.tryReset();
  }
}

}  // namespace

void mend(SQLite::Database& database, std::int64_t format) {
  database.exec(kMend);
  if (format >= 2) database.exec(kMendPeople);
  if (format >= 3) database.exec(kMendStandings);
}

Result<void> salvage(const std::filesystem::path& from, const std::filesystem::path& to, const Clock& clock) {
  const SqliteFile source{.path = from, .vfs = {}};
  auto damaged = connect_reader(source);
  const auto format = format_of(damaged, source);
  if (!format) return std::unexpected(format.error());
  SQLite::Database database(to.string(), SQLite::OPEN_READWRITE);
  database.exec("PRAGMA synchronous=OFF");
  if (auto made = make_tables(database, {.path = to, .vfs = {}}, clock); !made) return made;
  SQLite::Transaction transaction(database);
  for (const auto& table : kTables) copy_rows(damaged, database, table, *format);
  mend(database, *format);
  transaction.commit();
  return {};
}

}  // namespace tinychat::journal
