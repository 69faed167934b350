// Opening the SQLite journal's file: is it ours, can we read it, and its tables if it is new.
#pragma once

#include "base/clock.h"
#include "base/event_id.h"
#include "base/result.h"
#include "journal/sqlite_connection.h"

namespace tinychat::journal {

struct OpenedFile {
  SqliteFile file;
  SQLite::Database database;
  EventId origin;
  EventId head;
};

// The journal of a data directory.
[[nodiscard]] std::filesystem::path file_in(const std::filesystem::path& directory);
// `tinychat.db-wal` for `-wal`.
[[nodiscard]] std::filesystem::path beside(const std::filesystem::path& file, const char* suffix);
// What a restore puts there, whole, before it replaces the file.
[[nodiscard]] std::filesystem::path restored_beside(const std::filesystem::path& file);

// The file's format, 0 if nothing is in it. Errors: kUsage (not ours, or of a later version); also throws
// SQLite::Exception.
Result<std::int64_t> format_of(SQLite::Database& database, const SqliteFile& file);

// The tables of the latest format, in a file without any; the log begins by the clock. Errors: kUsage (a
// clock that is wrong); also throws SQLite::Exception.
Result<void> make_tables(SQLite::Database& database, const SqliteFile& file, const Clock& clock);

// Errors: kUsage; also throws SQLite::Exception, for opening_error().
Result<OpenedFile> open_sqlite_file(const SqliteFile& file, Durability durability, const Clock& clock);

// What to do about it, in one line. kUsage.
Error opening_error(const SQLite::Exception& exception, const SqliteFile& file);

}  // namespace tinychat::journal
