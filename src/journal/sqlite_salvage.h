// What can still be read of a damaged journal, row by row, in a new file.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/result.h"
#include "journal/sqlite_connection.h"

namespace tinychat::journal {

// Fills `to`, a file without anything in it, with the rows of `from` that can be read, and mends what does
// not fit together for want of others. Throws SQLite::Exception where `to` cannot be written, or nothing of
// `from` read.
Result<void> salvage(const std::filesystem::path& from, const std::filesystem::path& to, const Clock& clock);

// Of a copy: rooms count what they have, events whose room is lost are in one named after its number, and
// sessions of nobody are gone. Of a whole file it changes nothing. Throws what SQLite throws.
void mend(SQLite::Database& database, std::int64_t format);

}  // namespace tinychat::journal
