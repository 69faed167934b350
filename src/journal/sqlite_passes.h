// Tokens and links in the file of the SQLite journal, on a connection of their own. Several processes may
// have the file open: the command line changes them while the server runs.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/readiness.h"
#include "journal/passes.h"

namespace tinychat::journal {

// `directory` is that of a journal, which has been opened by this version of the program before. The file is
// opened with the first question. `vfs` and `readiness` as for open_sqlite_people().
std::unique_ptr<Passes> open_sqlite_passes(const std::filesystem::path& directory,
                                           const std::string& vfs = "", Readiness* readiness = nullptr);

}  // namespace tinychat::journal
