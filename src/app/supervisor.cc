#include "app/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "app/environment.h"
#include "base/log.h"

namespace tinychat::app {
namespace {

// A path, or a name that begins with @ for one that is in no file system.
UniqueFd connect_to(std::string name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.sun_path || (name.front() != '/' && name.front() != '@')) return {};
  if (name.front() == '@') name.front() = '\0';
  std::ranges::copy(name, address.sun_path);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // The sockets interface wants its addresses cast.
  if (!socket.is_open() || ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0)
    return {};
  return socket;
}

std::string microseconds(std::chrono::microseconds time) { return std::to_string(time.count()); }

}  // namespace

Supervisor Supervisor::from_environment() {
  Supervisor supervisor;
  const auto socket = take_environment("NOTIFY_SOCKET");
  const auto interval = take_environment_number("WATCHDOG_USEC");
  const auto whose = take_environment_number("WATCHDOG_PID");
  if (!socket) return supervisor;
  supervisor.socket_ = connect_to(*socket);
  if (!supervisor.socket_.is_open()) {
    log(LogLevel::kWarning, "cannot reach NOTIFY_SOCKET=" + *socket + ": nobody is told how it goes");
  }
  const bool is_ours = !whose || *whose == static_cast<std::uint64_t>(::getpid());
  // Twice in the time it has.
  if (interval && *interval > 1 && is_ours) {
    supervisor.beat_interval_ = std::chrono::microseconds(*interval / 2);
  }
  return supervisor;
}

void Supervisor::starting(std::chrono::seconds at_most, std::string_view status) const {
  tell("EXTEND_TIMEOUT_USEC=" + microseconds(at_most) + "\nSTATUS=" + std::string(status));
}

void Supervisor::ready(std::string_view status) const { tell("READY=1\nSTATUS=" + std::string(status)); }

void Supervisor::stopping(std::chrono::seconds at_most, std::string_view status) const {
  tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + microseconds(at_most) + "\nSTATUS=" + std::string(status));
}

void Supervisor::tell(const std::string& lines) const {
  if (!socket_.is_open()) return;
  // It does not listen, or not any more: that is no reason not to work.
  (void)::send(socket_.get(), lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace tinychat::app
