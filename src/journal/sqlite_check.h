// Whether a journal's file is whole: what an operator asks before trusting it, and a backup before it counts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/event_id.h"
#include "base/result.h"

namespace tinychat::journal {

struct CheckReport {
  std::int64_t format = 0;
  std::int64_t rooms = 0;
  std::int64_t events = 0;
  std::int64_t users = 0;
  EventId newest;  // of the events that are there
  // What is wrong, a sentence each, and not all of it if it is much. Empty: the file is whole.
  std::vector<std::string> problems;
  std::string doubt;  // what may be damage, and need not be
};

// Reads all of the file (and what its write-ahead log adds), one state of it, also while a server works with
// it. Changes nothing. Errors: kUsage if there is nothing to check, or no way to it.
Result<CheckReport> check_sqlite_file(const std::filesystem::path& path);

}  // namespace tinychat::journal
