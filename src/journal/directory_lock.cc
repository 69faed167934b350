#include "journal/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace tinychat::journal {
namespace {

std::unexpected<Error> refuse(const std::string& what, const std::filesystem::path& path, int error,
                              const std::string& remedy) {
  return fail(Code::kUsage, what + ' ' + path.string() + ": " + std::strerror(error) + "; " + remedy);
}

// A new directory is only there after a power cut if the one that names it has been synced.
void sync_directory(const std::filesystem::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.is_open()) ::fsync(fd.get());
}

// `wanted` is the directory that `directory` leads to.
Result<void> make_directory(const std::filesystem::path& directory, const std::filesystem::path& wanted) {
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) return {};
  const auto parent = directory.parent_path();
  if (parent != directory) {
    if (auto made = make_directory(parent, wanted); !made) return made;
  }
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return refuse("cannot make the data directory", wanted, errno, "make it yourself or choose another one");
  }
  if (!std::filesystem::is_directory(directory, ignored)) {
    return refuse("cannot use as data directory", wanted, ENOTDIR, "choose another one");
  }
  sync_directory(parent);
  return {};
}

std::string holder_of(int fd) {
  std::array<char, 32> text{};
  const auto length = ::pread(fd, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t i = 0; i < length; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') break;
    pid += c;
  }
  return pid.empty() ? "" : " (pid " + pid + ")";
}

}  // namespace

Result<void> give_to_owner_of(const std::filesystem::path& directory, int fd) {
  struct stat wanted{};
  struct stat found{};
  if (::geteuid() != 0 || ::stat(directory.c_str(), &wanted) != 0 || ::fstat(fd, &found) != 0) return {};
  if (wanted.st_uid == found.st_uid || ::fchown(fd, wanted.st_uid, wanted.st_gid) == 0) return {};
  return refuse("cannot give to its owner what is made in", directory, errno,
                "do this as the user whose directory it is");
}

Result<DirectoryLock> DirectoryLock::acquire(const std::filesystem::path& directory) {
  if (auto made = make_directory(directory, directory); !made) return std::unexpected(made.error());
  const auto file = directory / "tinychat.lock";
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.is_open()) {
    return refuse("cannot write", file, errno, "make its directory writable or choose another one");
  }
  if (auto given = give_to_owner_of(directory, fd.get()); !given) return std::unexpected(given.error());
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return refuse("cannot lock", file, errno, "choose another data directory");
    return fail(Code::kUsage, "the data directory " + directory.string() + " is in use by another process" +
                                  holder_of(fd.get()) + "; stop that one or choose another directory");
  }
  // For people only: nothing depends on what the file says.
  const std::string pid = std::to_string(::getpid()) + '\n';
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0) {
    return refuse("cannot write", file, errno, "make room on its disk or choose another data directory");
  }
  return DirectoryLock(std::move(fd));
}

}  // namespace tinychat::journal
