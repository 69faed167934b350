// What owners did, in the file of the SQLite journal.
#pragma once

#include <memory>

#include "journal/audit.h"
#include "journal/sqlite_access.h"

namespace tinychat::journal {

std::unique_ptr<Audit> open_sqlite_audit(SharedSqliteAccess access);

}  // namespace tinychat::journal
