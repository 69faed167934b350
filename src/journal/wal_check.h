// Whether SQLite will find in a write-ahead log all that was put there.
//
// SQLite takes such a log for what a loss of power may have left: it reads it up to the first frame whose
// checksum does not fit, and what follows is as if it had never been. That is right for commits that were not
// yet on the disk. Of a log that was damaged later it silently loses what was acknowledged.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tinychat::journal {

// Each a part of a sentence, or empty.
struct WalFindings {
  // Its head is synced before anything follows, so no loss of power leaves it like this.
  std::string damage;
  // Whole commits behind its readable end: damage, or the remains of commits that nobody waited for.
  std::string doubt;
};

// Looks at the log beside `database`, if there is one; it may be in use. Errors: kUsage if it cannot be read.
Result<WalFindings> look_at_wal(const std::filesystem::path& database);

}  // namespace tinychat::journal
