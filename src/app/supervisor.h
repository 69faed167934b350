// What started the program, if it wants to be told how it goes: systemd (sd_notify(3)), or whatever speaks
// the same: lines of text as datagrams to a socket.
//
// Thread: main's.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/unique_fd.h"

namespace tinychat::app {

class Supervisor {
 public:
  // Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, before any thread is started.
  static Supervisor from_environment();

  // It is still starting, and may take so long from now.
  void starting(std::chrono::seconds at_most, std::string_view status) const;
  void ready(std::string_view status) const;
  void stopping(std::chrono::seconds at_most, std::string_view status) const;

  // How often it wants to hear that the program works; none: never.
  [[nodiscard]] std::optional<std::chrono::microseconds> beat_interval() const { return beat_interval_; }
  void beat() const { tell("WATCHDOG=1"); }

 private:
  void tell(const std::string& lines) const;

  UniqueFd socket_;  // connected; closed: nobody wants to know
  std::optional<std::chrono::microseconds> beat_interval_;
};

}  // namespace tinychat::app
