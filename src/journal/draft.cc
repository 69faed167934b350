#include "journal/draft.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "journal/sqlite_file.h"

namespace tinychat::journal {
namespace {

using std::filesystem::path;

// Before the number of the process.
constexpr std::string_view kPart = ".tinychat-part-";

void discard(const path& file) {
  std::error_code ignored;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    std::filesystem::remove(beside(file, suffix), ignored);
  }
}

bool is_abandoned_part(std::string_view name) {
  const auto at = name.rfind(kPart);
  if (at == std::string_view::npos) return false;
  name.remove_prefix(at + kPart.size());
  pid_t process = 0;
  const auto [rest, failure] = std::from_chars(name.data(), name.data() + name.size(), process);
  // With another ending it is what SQLite puts beside it.
  if (failure != std::errc() || process <= 0 || rest != name.data() + name.size()) return false;
  return ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

Draft::Draft(path where) : path_(std::move(where)) { discard(path_); }

Draft::~Draft() { discard(path_); }

int Draft::sync() const {
  const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  return fd.is_open() && ::fsync(fd.get()) == 0 ? 0 : errno;
}

int Draft::keep_as(const path& name) const {
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // Some file systems cannot do it in one step.
  std::error_code ignored;
  if (std::filesystem::exists(name, ignored)) return EEXIST;
  return ::rename(path_.c_str(), name.c_str()) == 0 ? 0 : errno;
}

path part_of(const path& target) {
  return beside(target, (std::string(kPart) + std::to_string(::getpid())).c_str());
}

void sweep_parts(const path& directory) {
  std::error_code error;
  std::vector<path> abandoned;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_abandoned_part(entry->path().filename().string())) abandoned.push_back(entry->path());
  }
  std::ranges::for_each(abandoned, discard);
}

}  // namespace tinychat::journal
