// What the writing and the reading side of the SQLite journal share: connections set up alike, the
// running of kept statements, errors as values. SQLiteCpp's exceptions end in the .cc files that
// include this; nothing else should.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/readiness.h"
#include "base/result.h"
#include "journal/sqlite_journal.h"
#include "room/event.h"

namespace tinychat::journal {

// Where the journal is: all a further connection to it needs.
struct SqliteFile {
  std::filesystem::path path;      // absolute
  std::string vfs;                 // empty: the system's
  Readiness* readiness = nullptr;  // is told of damage; outlives all connections
};

// Throws SQLite::Exception. Each connection belongs to one thread at a time (it has no mutex).
SQLite::Database connect_writer(const SqliteFile& file, Durability durability);
SQLite::Database connect_reader(const SqliteFile& file);

// A kept statement in use: reset when this goes, so that it holds no read of the file open and can
// be run again whatever happened. Strings bound to it are not copied: they must outlive the run.
class Run {
 public:
  explicit Run(SQLite::Statement& statement) : statement_(statement) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { statement_.tryReset(); }

  template <typename... Values>
  Run& bind(const Values&... values) {
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  // True: there is a row.
  bool step() { return statement_.executeStep(); }

  [[nodiscard]] std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  [[nodiscard]] std::string text(int column) const { return statement_.getColumn(column).getString(); }

 private:
  void bind_one(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind_one(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  // SQLite takes a bound string of no bytes for NULL only where the pointer is null.
  void bind_one(int index, const std::string* value) {
    if (value == nullptr) {
      statement_.bind(index);
    } else {
      bind_one(index, *value);
    }
  }

  SQLite::Statement& statement_;
};

inline constexpr const char* kEventColumns =
    "event.id, event.kind, event.sender, event.text, event.idempotency_key, event.author";

// The event in a row whose columns are kEventColumns.
room::Event event_in(const Run& run, std::string room);

// A count as LIMIT takes it.
std::int64_t limit_of(std::size_t count);

// Of what SQLite says is wrong, which may quote a damaged file.
inline constexpr std::size_t kReasonBytesMax = 300;

// `what` the journal was doing, as in "append to". kStorageFull where the disk is, else kStorageFailed;
// damage is also told to `file.readiness`, for good: it does not go away, whatever else can still be read.
// Call it before anything else happens on the connection.
Error storage_error(const SQLite::Exception& exception, SQLite::Database& database, const char* what,
                    const SqliteFile& file);

}  // namespace tinychat::journal
