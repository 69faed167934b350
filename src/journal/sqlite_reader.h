// The reading side of the SQLite journal.
#pragma once

#include <memory>

#include "base/event_id.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/sqlite_connection.h"

namespace tinychat::journal {

// A reader with a connection of its own. Errors: kStorageFailed.
Result<std::unique_ptr<JournalReader>> open_sqlite_reader(const SqliteFile& file, EventId origin);

}  // namespace tinychat::journal
