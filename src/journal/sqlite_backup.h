// Copies of a journal: out of one that may be in use, and back into a data directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "journal/sqlite_check.h"

namespace tinychat::journal {

// Of a damaged journal, what can still be read can be saved.
enum class Source : std::uint8_t { kWhole, kDamaged };

// Copies the journal in `directory` into the new file `target`: one state of it, also while a server works
// with it. What is there afterwards under that name has been checked and is on the disk; after an error
// nothing is. What one that was killed has left beside it, the next one removes. Errors: kUsage (`target` is
// there already, no room, no journal, damage).
Result<CheckReport> back_up(const std::filesystem::path& directory, const std::filesystem::path& target,
                            const Clock& clock, Source source = Source::kWhole);

struct Restored {
  CheckReport report;
  std::optional<std::filesystem::path> kept;  // where the journal went that was there before
};

// Makes a copy of `backup` the journal of `directory`, which no server may be using. If there is a journal
// already, it is kept beside it under another name, and only if `replace` says so. After an error what was
// there is still there; a restore that is killed can be run again, and until then no server starts there.
//
// The restored log begins anew: its origin lies above every id that the log before may have given out (above
// the clock, the newest id of the backup, and that of the journal that is replaced). So a cursor from after
// the backup is told apart from one of this log, for ever.
Result<Restored> restore(const std::filesystem::path& backup, const std::filesystem::path& directory,
                         bool replace, const Clock& clock);

}  // namespace tinychat::journal
