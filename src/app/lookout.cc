#include "app/lookout.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>

#include "base/assert.h"

namespace tinychat::app {
namespace {

using namespace std::chrono_literals;

sigset_t signals_to_end() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Lookout::Lookout() {
  const sigset_t signals = signals_to_end();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_ = UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  wake_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  TINYCHAT_ASSERT(signals_.is_open() && wake_.is_open());
}

std::optional<int> Lookout::wait_until(SteadyTime time) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - std::chrono::steady_clock::now());
  std::array<pollfd, 2> watched{{{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = wake_.get(), .events = POLLIN, .revents = 0}}};
  const auto patience = static_cast<int>(std::clamp(left, 0ms, std::chrono::milliseconds(1h)).count());
  (void)::poll(watched.data(), watched.size(), patience);
  eventfd_t calls = 0;
  (void)::eventfd_read(wake_.get(), &calls);
  signalfd_siginfo signal{};
  if (::read(signals_.get(), &signal, sizeof signal) != sizeof signal) return std::nullopt;
  return static_cast<int>(signal.ssi_signo);
}

void Lookout::wake() const { (void)::eventfd_write(wake_.get(), 1); }

void Lookout::give_up() {
  const sigset_t signals = signals_to_end();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace tinychat::app
