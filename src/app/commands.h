// What the program does instead of serving: looking after the journal of a data directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tinychat::app {

struct Command {
  enum class Kind : std::uint8_t { kCheck, kBackup, kRestore };
  Kind kind = Kind::kCheck;
  std::filesystem::path data;
  bool is_data_named = false;     // or else it is what is meant where nobody says anything
  std::filesystem::path file;     // of a backup
  bool salvages = false;          // backup
  bool replaces_journal = false;  // restore
};

// What came of it, for people, and whether all is well. Errors: kUsage, nothing was done.
struct CommandOutcome {
  std::string text;
  bool is_well = true;
};
Result<CommandOutcome> run(const Command& command, const Clock& clock);

}  // namespace tinychat::app
