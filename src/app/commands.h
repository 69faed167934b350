// What the program does instead of serving: looking after the journal of a data directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

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

// What it does about who is let in.
struct DoorCommand {
  enum class Kind : std::uint8_t {
    kJoinLink,
    kOwnerLink,
    kTokenCreate,
    kTokenList,
    kTokenRevoke,
    kPeopleList,
    kPeopleRemove,
    kBlockList,
    kBlockAdd,
    kBlockRemove,
  };
  Kind kind = Kind::kJoinLink;
  bool is_new = false;                      // join-link: replaces the one there is
  std::optional<double> expires_days = {};  // join-link, token create; none: never
  std::int64_t uses = 0;                    // join-link; 0: any number
  std::string name = {};                    // of a token; the id of a person
  std::vector<std::string> rooms = {};      // token create
  std::vector<std::string> can = {};        // token create
};

// What came of it, for people, and whether all is well. Errors: kUsage, nothing was done.
struct CommandOutcome {
  std::string text;
  bool is_well = true;
};
Result<CommandOutcome> run(const Command& command, const Clock& clock);

}  // namespace tinychat::app
