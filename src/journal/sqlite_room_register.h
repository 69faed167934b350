// Titles, locks and members of rooms in the file of the SQLite journal.
#pragma once

#include <memory>

#include "journal/room_register.h"
#include "journal/sqlite_access.h"

namespace tinychat::journal {

std::unique_ptr<RoomRegister> open_sqlite_room_register(SharedSqliteAccess access);

}  // namespace tinychat::journal
