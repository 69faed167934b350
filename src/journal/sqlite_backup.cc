#include "journal/sqlite_backup.h"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include "base/unique_fd.h"
#include "journal/directory_lock.h"
#include "journal/draft.h"
#include "journal/packed_id.h"
#include "journal/sqlite_connection.h"
#include "journal/sqlite_file.h"
#include "journal/sqlite_salvage.h"

namespace tinychat::journal {
namespace {

using std::filesystem::path;

std::unexpected<Error> refuse(std::string sentence) { return fail(Code::kUsage, std::move(sentence)); }

Result<path> full(const path& given) {
  std::error_code error;
  auto found = std::filesystem::absolute(given, error);
  if (error) return refuse("cannot find " + given.string() + ": " + error.message() + "; give its full path");
  return found.lexically_normal();
}

constexpr const char* kRestoreAnother = "restore another backup";

void sync_directory_of(const path& file) {
  const UniqueFd fd(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.is_open()) ::fsync(fd.get());
}

// For its owner only, from the first byte; by root, for whom the directory is.
Result<void> make_private(const path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.is_open()) {
    return refuse("cannot write " + file.string() + ": " + std::strerror(errno) +
                  "; make its directory writable or choose another one");
  }
  return give_to_owner_of(file.parent_path(), fd.get());
}

// One state of `from`, as one file without a log beside it. Throws what SQLite throws.
Result<void> copy_journal(const path& from, const path& to) {
  if (auto made = make_private(to); !made) return made;
  {
    SQLite::Database source = connect_reader({.path = from, .vfs = {}});
    SQLite::Database target(to.string(), SQLite::OPEN_READWRITE);
    // What is cut short is thrown away.
    target.exec("PRAGMA journal_mode=OFF");
    target.exec("PRAGMA synchronous=OFF");
    SQLite::Backup backup(target, source);
    const int code = backup.executeStep();
    if (code != SQLITE_DONE) throw SQLite::Exception("it stays locked", code);
  }
  SQLite::Database target(to.string(), SQLite::OPEN_READWRITE);
  target.exec("PRAGMA journal_mode=DELETE");
  return {};
}

Error copying_error(const SQLite::Exception& exception, const path& from, const path& to) {
  switch (exception.getErrorCode() & 0xff) {
    case SQLITE_FULL:
      return {Code::kUsage, "no room is left for " + to.string() + "; make room and try again"};
    case SQLITE_IOERR:
      return {Code::kUsage, "cannot copy " + from.string() + " to " + to.string() + ": " + exception.what() +
                                "; make room and check the disks"};
    default: return opening_error(exception, {.path = from, .vfs = {}});
  }
}

Result<CheckReport> whole(const path& file, const path& said, const std::string& advice) {
  auto report = check_sqlite_file(file);
  if (report && !report->problems.empty()) {
    return refuse(said.string() + " is damaged: " + report->problems.front() + "; " + advice);
  }
  return report;
}

// The greatest id a journal has ever named, as far as it can be read.
std::int64_t last_id_in(const path& file) {
  std::int64_t last = 0;
  for (const char* query :
       {"SELECT origin FROM journal", "SELECT max(last_id) FROM room", "SELECT max(id) FROM event"}) {
    try {
      SQLite::Database database = connect_reader({.path = file, .vfs = {}});
      last = std::max(last, database.execAndGet(query).getInt64());
    } catch (const SQLite::Exception&) {
      continue;  // it is being replaced, perhaps because of this
    }
  }
  return last;
}

// Makes a copy the beginning of a log whose ids are all above `last`. Throws what SQLite throws.
Result<void> begin_anew(const path& file, std::int64_t last, const Clock& clock) {
  const EventId origin{std::max(unpack(last).milliseconds, clock.utc_milliseconds()) + 1, 0};
  if (!fits_packed(origin)) return refuse("the clock is wrong; set it and restore again");
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
  const auto format = format_of(database, {.path = file, .vfs = {}});
  if (!format || *format == 0) return {};  // it will be refused
  SQLite::Transaction transaction(database);
  mend(database, *format);
  database.exec("UPDATE journal SET origin = " + std::to_string(pack_at_most(origin)));
  transaction.commit();
  return {};
}

// A name that tells when.
path name_to_keep(const path& file, const Clock& clock) {
  const auto seconds = static_cast<std::time_t>(clock.utc_milliseconds() / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), ".replaced-%Y%m%dT%H%M%SZ", &utc);
  path name = beside(file, text.data());
  std::error_code ignored;
  for (int n = 2;
       std::filesystem::exists(name, ignored) || std::filesystem::exists(beside(name, "-wal"), ignored);
       ++n) {
    name = beside(file, (text.data() + ('-' + std::to_string(n))).c_str());
  }
  return name;
}

// The file and its log, which are one thing.
Result<void> move_away(const path& file, const path& kept) {
  std::error_code ignored;
  std::filesystem::remove(beside(file, "-shm"), ignored);
  for (const char* suffix : {"-wal", ""}) {
    const path from = beside(file, suffix);
    if (::rename(from.c_str(), beside(kept, suffix).c_str()) != 0 && errno != ENOENT) {
      return refuse("cannot rename " + from.string() + ": " + std::strerror(errno) + "; check its directory");
    }
  }
  return {};
}

// Throws what SQLite throws.
Result<void> save(const path& from, const path& to, const Clock& clock) {
  if (auto made = make_private(to); !made) return made;
  return salvage(from, to, clock);
}

bool is_there(const path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) return true;
  // Who has only read leaves one without anything in it.
  const auto log_bytes = std::filesystem::file_size(beside(file, "-wal"), error);
  return !error && log_bytes > 0;
}

}  // namespace

Result<CheckReport> back_up(const path& directory, const path& target_given, const Clock& clock,
                            Source source) {
  const auto home = full(directory);
  const auto target = full(target_given);
  if (!home) return std::unexpected(home.error());
  if (!target) return std::unexpected(target.error());
  const path file = file_in(*home);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return refuse("there is no " + file.string() + " to back up; say where it is with --data");
  }
  const auto taken = [&] {
    return refuse(target->string() + " is there already; choose a name that is not");
  };
  if (std::filesystem::exists(*target, ignored)) return taken();
  sweep_parts(target->parent_path());
  const Draft draft(part_of(*target));
  Result<CheckReport> report;
  try {
    auto copied =
        source == Source::kWhole ? copy_journal(file, draft.where()) : save(file, draft.where(), clock);
    if (!copied) return std::unexpected(copied.error());
    report = whole(draft.where(), file,
                   "nothing was backed up; `tinychat check` says more, and --salvage saves what is left");
  } catch (const SQLite::Exception& exception) {
    const int code = exception.getErrorCode() & 0xff;
    if (source == Source::kDamaged && (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)) {
      return refuse("nothing can be read of " + file.string() + " (" + exception.what() +
                    "); put a backup in its place");
    }
    return std::unexpected(copying_error(exception, file, *target));
  }
  if (!report) return report;
  int error = draft.sync();
  if (error == 0) error = draft.keep_as(*target);
  if (error == EEXIST) return taken();
  if (error != 0) {
    return refuse("cannot write " + target->string() + ": " + std::strerror(error) +
                  "; make room or choose another name");
  }
  sync_directory_of(*target);
  return report;
}

Result<Restored> restore(const path& backup_given, const path& directory, bool replace, const Clock& clock) {
  const auto home = full(directory);
  const auto backup = full(backup_given);
  if (!home) return std::unexpected(home.error());
  if (!backup) return std::unexpected(backup.error());
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(*backup, ignored)) {
    return refuse("there is no backup " + backup->string() + "; name a file that `tinychat backup` wrote");
  }
  const path file = file_in(*home);
  if (std::filesystem::equivalent(*backup, file, ignored)) {
    return refuse(backup->string() + " is the journal itself; name a file that `tinychat backup` wrote");
  }
  const auto lock = DirectoryLock::acquire(*home);
  if (!lock) return std::unexpected(lock.error());
  if (is_there(file) && !replace) {
    return refuse(file.string() + " is there already; add --replace, which keeps it under another name");
  }

  const path ready = restored_beside(file);
  const Draft draft(beside(file, ".restoring"));
  Result<CheckReport> report;
  try {
    if (auto copied = copy_journal(*backup, draft.where()); !copied) return std::unexpected(copied.error());
    const auto last = std::max(last_id_in(draft.where()), is_there(file) ? last_id_in(file) : 0);
    if (auto begun = begin_anew(draft.where(), last, clock); !begun) return std::unexpected(begun.error());
    report = whole(draft.where(), *backup, kRestoreAnother);
  } catch (const SQLite::Exception& exception) {
    const int code = exception.getErrorCode() & 0xff;
    if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB && code != SQLITE_ERROR) {
      return std::unexpected(copying_error(exception, *backup, file));
    }
    return refuse(backup->string() + " is damaged: " + exception.what() + "; " + kRestoreAnother);
  }
  if (!report) return std::unexpected(report.error());
  const auto cannot = [&](int error) {
    return refuse("cannot write " + file.string() + ": " + std::strerror(error) +
                  "; make room and restore again");
  };
  if (const int error = draft.sync(); error != 0) return cannot(error);
  // From here on no server starts, until the last step is done.
  if (::rename(draft.where().c_str(), ready.c_str()) != 0) return cannot(errno);
  sync_directory_of(file);
  Restored restored{.report = *std::move(report), .kept = {}};
  if (is_there(file)) {
    restored.kept = name_to_keep(file, clock);
    if (auto moved = move_away(file, *restored.kept); !moved) return std::unexpected(moved.error());
    sync_directory_of(file);
  }
  if (::rename(ready.c_str(), file.c_str()) != 0) return cannot(errno);
  sync_directory_of(file);
  return restored;
}

}  // namespace tinychat::journal
