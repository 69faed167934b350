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

// Errors: kUsage; also throws SQLite::Exception, for opening_error().
Result<OpenedFile> open_sqlite_file(const SqliteFile& file, Durability durability, const Clock& clock);

// What to do about it, in one line. kUsage.
Error opening_error(const SQLite::Exception& exception, const SqliteFile& file);

}  // namespace tinychat::journal
