#include "journal/sqlite_connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/log.h"
#include "base/printable.h"
#include "journal/packed_id.h"

namespace tinychat::journal {
namespace {

// One process has the journal, so waiting happens only around recovery and checkpoints.
constexpr int kBusyTimeoutMilliseconds = 5000;

// Of the library, before it is first used; later there is no effect.
void configure_once() {
  [[maybe_unused]] static const bool is_done = [] {
    // Each connection would begin with a cache of 20 pages, and a node has some.
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
    // Counting what is allocated takes a lock that all threads share.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
}

SQLite::Database connect(const SqliteFile& file, int flags) {
  configure_once();
  SQLite::Database database(file.path.string(), flags | SQLite::OPEN_NOMUTEX, kBusyTimeoutMilliseconds,
                            file.vfs);
  // Debian's SQLite overwrites what is deleted with zeros unless told otherwise: twice the writing.
  database.exec("PRAGMA secure_delete=OFF");
  database.exec("PRAGMA foreign_keys=OFF");
  // The file is data: nothing in its schema may call what has side effects.
  database.exec("PRAGMA trusted_schema=OFF");
  return database;
}

}  // namespace

SQLite::Database connect_writer(const SqliteFile& file, Durability durability) {
  auto database = connect(file, SQLite::OPEN_READWRITE);
  // With a write-ahead log, FULL syncs it at every commit and NORMAL only before a checkpoint.
  database.exec(durability == Durability::kFsync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  database.exec("PRAGMA cache_size=-1024");  // KiB: inner pages of the trees and a transaction's own
  database.exec("PRAGMA journal_size_limit=16777216");
  return database;
}

SQLite::Database connect_reader(const SqliteFile& file) {
  auto database = connect(file, SQLite::OPEN_READONLY);
  database.exec("PRAGMA query_only=ON");
  database.exec("PRAGMA cache_size=-256");  // KiB: the system's page cache has the rest
  return database;
}

room::Event event_in(const Run& run, std::string room) {
  return {.id = unpack(run.integer(0)),
          .kind = static_cast<room::EventKind>(run.integer(1)),
          .room = std::move(room),
          .sender = run.text(2),
          .text = run.text(3),
          .idempotency_key = run.text(4),
          .author = run.text(5)};
}

std::int64_t limit_of(std::size_t count) {
  constexpr std::size_t kRowsMax = 1'000'000'000;
  return static_cast<std::int64_t>(std::min(count, kRowsMax));
}

Error storage_error(const SQLite::Exception& exception, SQLite::Database& database, const char* what,
                    const SqliteFile& file) {
  const int code = exception.getErrorCode() & 0xff;
  const int system_error = code == SQLITE_IOERR ? sqlite3_system_errno(database.getHandle()) : 0;
  if (code == SQLITE_FULL || system_error == ENOSPC || system_error == EDQUOT) {
    // The person who published reads this: no path in it.
    return {Code::kStorageFull, "the server's disk is full and nothing was stored; try again later"};
  }
  const std::string trouble = std::string("cannot ") + what + ' ' + file.path.string() + ": " +
                              printable(exception.what(), kReasonBytesMax) + " (SQLite error " +
                              std::to_string(exception.getExtendedErrorCode()) + ')';
  if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB) {
    return {Code::kStorageFailed, trouble + "; check its disk"};
  }
  Error error{Code::kStorageFailed, trouble + "; it is damaged: `tinychat check --data " +
                                        file.path.parent_path().string() + "` says more"};
  if (file.readiness != nullptr && file.readiness->set(Readiness::Part::kWhole, error.detail)) {
    log(LogLevel::kError, error.detail);
  }
  return error;
}

}  // namespace tinychat::journal
