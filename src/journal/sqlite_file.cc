// The tables, format 3 (files of earlier formats are brought up to it when they are opened). Ids are packed
// (journal/packed_id.h).
//
// `event` is ordered by id over all rooms, so that appending and trimming by age work at its two
// ends. Its index by room needs no id of its own: an SQLite index ends in the row id, so the events
// of a room after an id are one range of it. What has been trimmed is known per room, since that is
// where a reader may miss it.
#include "journal/sqlite_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/printable.h"
#include "base/unique_fd.h"
#include "journal/packed_id.h"
#include "journal/wal_check.h"

namespace tinychat::journal {
namespace {

constexpr int kApplicationId = 0x74636a31;  // "tcj1"
constexpr int kFormat = 3;

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

// A user without a standing is a guest. Of tokens and links, the hash is what they are found by; the code of
// a link is there if it is to be shown again. A revocation is what servers that have the file open end
// streams by, and is forgotten soon. The audit log is what owners did. Of a room
// there is a profile if it has a title, is locked or is private, and a pair if it is of two users alone.
constexpr const char* kFormat3 = R"sql(
CREATE TABLE standing (
  user_id INTEGER PRIMARY KEY,
  role INTEGER NOT NULL
);
CREATE TABLE access_token (
  access_token_id INTEGER PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  public_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  scopes INTEGER NOT NULL,
  rooms TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  last_used INTEGER NOT NULL
);
CREATE TABLE link (
  role INTEGER PRIMARY KEY,
  link_hash TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL,
  expires INTEGER NOT NULL,
  uses_left INTEGER NOT NULL
);
CREATE TABLE revocation (
  revocation_id INTEGER PRIMARY KEY AUTOINCREMENT,
  holder TEXT NOT NULL
);
CREATE TABLE address_block (
  address_block_id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL
);
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL
);
CREATE TABLE room_profile (
  room_profile_id INTEGER PRIMARY KEY,
  room TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  is_locked INTEGER NOT NULL,
  is_private INTEGER NOT NULL,
  pair TEXT UNIQUE
);
CREATE INDEX room_profile_locked ON room_profile (room) WHERE is_locked = 1 AND is_private = 0;
CREATE TABLE room_member (
  room_member_id INTEGER PRIMARY KEY,
  room TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  UNIQUE (room, user_id)
);
)sql";

std::int64_t number(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt64();
}

std::unexpected<Error> refuse(const SqliteFile& file, const std::string& what) {
  return fail(Code::kUsage, file.path.string() + ' ' + what);
}

// From an earlier format: all of it or, cut short, nothing.
void upgrade(SQLite::Database& database, std::int64_t from) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (from < 2) database.exec(kFormat2);
  database.exec(kFormat3);
  database.exec("PRAGMA user_version=" + std::to_string(kFormat));
  transaction.commit();
}

// Of a first start that has begun, until the file has its tables: so one that is empty later is not taken for
// new.
std::filesystem::path marker_of(const SqliteFile& file) { return beside(file.path, ".new"); }

// Before SQLite looks: it deletes a log without a database, and passes over one whose head it cannot read.
Result<void> look_before_opening(const SqliteFile& file) {
  std::error_code error;
  const std::string directory = file.path.parent_path().string();
  const std::string put_backup =
      "put a backup in its place (`tinychat restore FILE --replace --data " + directory + "`)";
  if (std::filesystem::exists(restored_beside(file.path), error)) {
    return refuse(file, "is being replaced by a restore that was cut short; run `tinychat restore` again");
  }
  if (std::filesystem::is_directory(file.path, error)) {
    return refuse(file, "is a directory and should be a file; move it away or choose another data directory");
  }
  const auto size = std::filesystem::file_size(file.path, error);
  const bool is_there = !error;
  if (!is_there || size == 0) {
    const auto log = beside(file.path, "-wal");
    const auto log_size = std::filesystem::file_size(log, error);
    if (!error && log_size > 0) {
      return refuse(file,
                    std::string(is_there ? "is empty" : "is missing") + ", while " + log.filename().string() +
                        " beside it has messages that belong to it; put back the file, or " + put_backup);
    }
    if (is_there && !std::filesystem::exists(marker_of(file), error)) {
      return refuse(file, "is empty: what was in it is gone; " + put_backup + ", or remove it to begin anew");
    }
    return {};
  }
  const auto log = look_at_wal(file.path);
  if (!log) return std::unexpected(log.error());
  if (!log->damage.empty()) {
    return refuse(file, "cannot be trusted: " + log->damage + "; " + put_backup +
                            ", or move that log away to go on without what is in it");
  }
  if (!log->doubt.empty()) tinychat::log(LogLevel::kWarning, file.path.string() + ": " + log->doubt);
  return {};
}

}  // namespace

std::filesystem::path file_in(const std::filesystem::path& directory) { return directory / "tinychat.db"; }

std::filesystem::path beside(const std::filesystem::path& file, const char* suffix) {
  auto path = file;
  path += suffix;
  return path;
}

std::filesystem::path restored_beside(const std::filesystem::path& file) { return beside(file, ".restored"); }

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

Result<void> make_tables(SQLite::Database& database, const SqliteFile& file, const Clock& clock) {
  const EventId origin{clock.utc_milliseconds(), 0};
  if (!fits_packed(origin)) return refuse(file, "cannot be made: the clock is wrong; set it");
  SQLite::Transaction transaction(database);
  database.exec(kFormat1);
  database.exec(kFormat2);
  database.exec(kFormat3);
  database.exec("INSERT INTO journal VALUES (1, " + std::to_string(pack_at_most(origin)) + ", 0)");
  database.exec("PRAGMA application_id=" + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version=" + std::to_string(kFormat));
  transaction.commit();
  return {};
}

Result<OpenedFile> open_sqlite_file(const SqliteFile& file, Durability durability, const Clock& clock) {
  if (auto looked = look_before_opening(file); !looked) return std::unexpected(looked.error());
  std::error_code ignored;
  if (!std::filesystem::exists(file.path, ignored)) {
    const UniqueFd marker(::open(marker_of(file).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
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
  if (*format >= 1 && *format < kFormat) upgrade(database, *format);
  if (*format == 0) {
    if (auto created = make_tables(database, file, clock); !created) return std::unexpected(created.error());
  }
  std::filesystem::remove(marker_of(file), ignored);
  const auto origin = number(database, "SELECT origin FROM journal");
  const auto head = std::max({origin, number(database, "SELECT ifnull(max(last_id), 0) FROM room"),
                              number(database, "SELECT ifnull(max(id), 0) FROM event")});
  return OpenedFile{file, std::move(database), unpack(origin), unpack(head)};
}

Error opening_error(const SQLite::Exception& exception, const SqliteFile& file) {
  const std::string path = file.path.string();
  const std::string directory = file.path.parent_path().string();
  const std::string put_backup =
      "put a backup in its place (`tinychat restore FILE --replace --data " + directory + "`)";
  // It may quote the file.
  const std::string reason = printable(exception.what(), kReasonBytesMax);
  const auto usage = [](std::string detail) { return Error{Code::kUsage, std::move(detail)}; };
  const int code = exception.getErrorCode() & 0xff;
  // What beside it could not be made or mapped for want of room is an I/O error to SQLite.
  struct statvfs disk{};
  const bool is_full = ::statvfs(file.path.c_str(), &disk) == 0 &&
                       (disk.f_bavail == 0 || (disk.f_files > 0 && disk.f_favail == 0));
  if (code == SQLITE_FULL || (is_full && (code == SQLITE_IOERR || code == SQLITE_CANTOPEN))) {
    return usage("no room is left on the disk of " + path + "; make room and start again");
  }
  switch (code) {
    case SQLITE_NOTADB:
      return usage(path + " is not a tinychat journal, or its beginning is damaged; if it was one, " +
                   put_backup + ", else move it away or choose another data directory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return usage(path + " is locked by another program; end that one and start again");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return usage("cannot read and write " + path + " and the files beside it: " + reason +
                   "; check their modes and the disk");
    default:
      return usage(path + " is damaged (" + reason + "); `tinychat check --data " + directory +
                   "` says how much, then " + put_backup +
                   " or save what is left with `tinychat backup FILE --salvage --data " + directory + "`");
  }
}

}  // namespace tinychat::journal
