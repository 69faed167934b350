// Tokens and links in the file of the SQLite journal.
#pragma once

#include <memory>

#include "journal/passes.h"
#include "journal/sqlite_access.h"

namespace tinychat::journal {

std::unique_ptr<Passes> open_sqlite_passes(SharedSqliteAccess access);

// Within SqliteAccess::transact().
void note_revoked(SqliteAccess& access, const std::string& holder);

}  // namespace tinychat::journal
