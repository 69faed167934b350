#include "app/inherited_sockets.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "app/environment.h"

namespace tinychat::app {
namespace {

constexpr int kFirst = 3;
constexpr std::uint64_t kSocketsMax = 64;

}  // namespace

Result<std::vector<UniqueFd>> take_inherited_sockets() {
  const auto whose = take_environment_number("LISTEN_PID");
  const auto count = take_environment_number("LISTEN_FDS");
  (void)take_environment("LISTEN_FDNAMES");
  std::vector<UniqueFd> sockets;
  // Meant for another process, which forgot to take them out.
  if (!count || whose != static_cast<std::uint64_t>(::getpid())) return sockets;
  if (*count > kSocketsMax) {
    return fail(Code::kUsage, "LISTEN_FDS=" + std::to_string(*count) + " in the environment: at most " +
                                  std::to_string(kSocketsMax) + " sockets can be taken over");
  }
  for (int fd = kFirst; fd < kFirst + static_cast<int>(*count); ++fd) {
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
      return fail(Code::kUsage, "LISTEN_FDS=" + std::to_string(*count) +
                                    " in the environment, but descriptor " + std::to_string(fd) +
                                    " is not open; unset LISTEN_FDS to listen without it");
    }
    sockets.emplace_back(fd);
  }
  return sockets;
}

}  // namespace tinychat::app
