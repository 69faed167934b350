// Addresses that are refused, in the file of the SQLite journal.
#pragma once

#include <memory>

#include "journal/address_blocks.h"
#include "journal/sqlite_access.h"

namespace tinychat::journal {

std::unique_ptr<AddressBlocks> open_sqlite_address_blocks(SharedSqliteAccess access);

}  // namespace tinychat::journal
