// The tables, format 2 (format 1 is brought up to it when it is opened). Ids are packed
// (journal/packed_id.h).
//
// `event` is ordered by id over all rooms, so that appending and trimming by age work at its two
// ends. Its index by room needs no id of its own: an SQLite index ends in the row id, so the events
// of a room after an id are one range of it. What has been trimmed is known per room, since that is
// where a reader may miss it.
#include "journal/sqlite_file.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/printable.h"
#include "base/unique_fd.h"
#include "journal/packed_id.h"

namespace tinychat::journal {
namespace {

constexpr int kApplicationId = 0x74636a31;  // "tcj1"
constexpr int kFormat = 2;

constexpr const char* kFormat1 = R"sql(
CREATE TABLE journal (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin INTEGER NOT NULL,
  fences INTEGER NOT NULL
);
CREATE TABLE room (
  room_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  messages INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  trimmed_through INTEGER NOT NULL
);
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  room_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  sender TEXT NOT NULL,
  text TEXT NOT NULL,
  idempotency_key TEXT
);
CREATE INDEX event_by_room ON event (room_id);
CREATE UNIQUE INDEX event_by_key ON event (room_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
)sql";

// A session is found by the hash of its token, so the token is nowhere in the file. A membership is a room
// that a user has opened, also one that nobody has written to yet: hence the name and not the room's number.
constexpr const char* kFormat2 = R"sql(
ALTER TABLE event ADD COLUMN author TEXT;
ALTER TABLE room ADD COLUMN topic TEXT NOT NULL DEFAULT '';
CREATE TABLE user (
  user_id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created INTEGER NOT NULL
);
CREATE TABLE session (
  session_id INTEGER PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  public_id TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  created INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);
CREATE TABLE membership (
  membership_id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL,
  room TEXT NOT NULL,
  read_through INTEGER NOT NULL,
  notifications INTEGER NOT NULL,
  UNIQUE (user_id, room)
);
)sql";

std::int64_t number(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt64();
}

std::unexpected<Error> refuse(const SqliteFile& file, const std::string& what) {
  return fail(Code::kUsage, file.path.string() + ' ' + what);
}

Result<void> create(SQLite::Database& database, const SqliteFile& file, const Clock& clock) {
  const EventId origin{clock.utc_milliseconds(), 0};
  if (!fits_packed(origin)) return refuse(file, "cannot be made: the clock is wrong; set it");
  SQLite::Transaction transaction(database);
  database.exec(kFormat1);
  database.exec(kFormat2);
  database.exec("INSERT INTO journal VALUES (1, " + std::to_string(pack_at_most(origin)) + ", 0)");
  database.exec("PRAGMA application_id=" + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version=" + std::to_string(kFormat));
  transaction.commit();
  return {};
}

// From format 1: all of it or, cut short, nothing.
void upgrade(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec(kFormat2);
  database.exec("PRAGMA user_version=" + std::to_string(kFormat));
  transaction.commit();
}

// The format of the file; 0 for one without anything in it, which is new, or what is left of a first start
// that was cut short.
Result<std::int64_t> format_of(SQLite::Database& database, const SqliteFile& file) {
  const auto application = number(database, "PRAGMA application_id");
  if (application == 0 && number(database, "SELECT count(*) FROM sqlite_schema") == 0) return 0;
  if (application != kApplicationId) {
    return refuse(file, "is not a tinychat journal; move it away or choose another data directory");
  }
  const auto format = number(database, "PRAGMA user_version");
  if (format < 1 || format > kFormat) {
    return refuse(file, "has format " + std::to_string(format) + ", this tinychat reads up to format " +
                            std::to_string(kFormat) + "; start the version that wrote it");
  }
  return format;
}

}  // namespace

Result<OpenedFile> open_sqlite_file(const SqliteFile& file, Durability durability, const Clock& clock) {
  {
    // Made here for its mode (SQLite's own is 0644), and to know that it can be written: SQLite would
    // fall back to reading it only.
    const UniqueFd fd(::open(file.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd.is_open()) {
      return refuse(file, std::string("cannot be opened: ") + std::strerror(errno) +
                              "; make it and its directory writable or choose another directory");
    }
  }
  auto database = connect_writer(file, durability);
  const auto format = format_of(database, file);
  if (!format) return std::unexpected(format.error());
  if (database.execAndGet("PRAGMA journal_mode=WAL").getString() != "wal") {
    return refuse(file, "cannot have a write-ahead log here; choose a data directory on a local disk");
  }
  if (*format == 1) upgrade(database);
  if (*format == 0) {
    if (auto created = create(database, file, clock); !created) return std::unexpected(created.error());
  }
  const auto origin = number(database, "SELECT origin FROM journal");
  const auto head = std::max({origin, number(database, "SELECT ifnull(max(last_id), 0) FROM room"),
                              number(database, "SELECT ifnull(max(id), 0) FROM event")});
  return OpenedFile{file, std::move(database), unpack(origin), unpack(head)};
}

Error opening_error(const SQLite::Exception& exception, const SqliteFile& file) {
  const std::string path = file.path.string();
  // It may quote the file.
  const std::string reason = printable(exception.what(), kReasonBytesMax);
  const auto usage = [](std::string detail) { return Error{Code::kUsage, std::move(detail)}; };
  switch (exception.getErrorCode() & 0xff) {
    case SQLITE_NOTADB:
      return usage(path + " is not a tinychat journal; move it away or choose another data directory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return usage(path + " is locked by another program; end that one and start again");
    case SQLITE_FULL: return usage("no room is left on the disk of " + path + "; make room and start again");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return usage("cannot read and write " + path + " and the files beside it: " + reason +
                   "; check their modes and the disk");
    default:
      return usage(path + " is damaged (" + reason +
                   "); put a backup in its place, or save what is left with " + "`sqlite3 " + path +
                   " .recover`");
  }
}

}  // namespace tinychat::journal
