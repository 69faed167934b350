// The journal in one SQLite file (WAL).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/readiness.h"
#include "base/result.h"
#include "journal/embedded_journal.h"

namespace tinychat::journal {

enum class Durability : std::uint8_t {
  kFsync,  // an append returns when the disk has it
  kOs,     // an append returns when the operating system has it: survives the end of the process,
           // not the loss of power
};

struct SqliteOptions {
  std::filesystem::path directory;  // made if missing; the file in it is `tinychat.db`
  Durability durability = Durability::kFsync;
  Retention retention;
  // The SQLite VFS to work through, by name; empty: the system's. A test's way to a disk that fails.
  std::string vfs;
  // Where damage that is met later is told; outlives the journal and its readers.
  Readiness* readiness = nullptr;
};

// Opens or makes the journal, alone: a lock in the directory is held until it is destroyed. Errors:
// kUsage with one line that says what to do (not writable, in use by another process, not a tinychat
// file, made by a later version, damaged). `clock` gives a new journal its origin and must outlive
// this call only.
Result<std::unique_ptr<EmbeddedJournal>> open_sqlite_journal(const SqliteOptions& options,
                                                             const Clock& clock);

}  // namespace tinychat::journal
