// The data directory, ours alone for as long as this lives: an flock(2) on `tinychat.lock` in it. The
// kernel drops the lock with the process, however that ends; the file stays.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace tinychat::journal {

// What root makes in somebody's directory is theirs: root looks after it, another user's server works with
// it. Errors: kUsage.
Result<void> give_to_owner_of(const std::filesystem::path& directory, int fd);

class DirectoryLock {
 public:
  // Makes the directory (mode 0700, and those above it) if it is missing. Errors: kUsage.
  static Result<DirectoryLock> acquire(const std::filesystem::path& directory);

 private:
  explicit DirectoryLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace tinychat::journal
