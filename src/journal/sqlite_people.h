// The people in the file of the SQLite journal, on a connection of their own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/readiness.h"
#include "journal/people.h"

namespace tinychat::journal {

// `directory` is that of a journal which is open (see open_sqlite_journal()) and stays so. `vfs` and
// `readiness` as there. The file is opened with the first question.
std::unique_ptr<People> open_sqlite_people(const std::filesystem::path& directory,
                                           const std::string& vfs = "", Readiness* readiness = nullptr);

}  // namespace tinychat::journal
