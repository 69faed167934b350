// The program: options, start, wait for a signal, stop.

#include <csignal>
#include <cstdio>
#include <string>

#include "app/commands.h"
#include "app/descriptors.h"
#include "app/greeting.h"
#include "app/node.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/log.h"

namespace {

using namespace tinychat;

constexpr int kExitDamaged = 1;
constexpr int kExitUsage = 2;

// Before any thread is started, so that all of them leave the signals to main.
sigset_t arrange_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // Whoever reads the log may go away; the server stays.
  (void)std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int wait_for(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

int complain(const Error& error) {
  std::fprintf(stderr, "tinychat: %s\n", error.detail.c_str());
  return kExitUsage;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

int look_after_journal(const app::Command& command) {
  const auto outcome = app::run(command, SystemClock());
  if (!outcome) return complain(outcome.error());
  print(outcome->text);
  return outcome->is_well ? 0 : kExitDamaged;
}

}  // namespace

int main(int argc, char** argv) {
  const auto asked = app::read_options(argc, argv);
  if (!asked) return complain(asked.error());
  if (const auto* just = std::get_if<app::JustPrint>(&*asked)) {
    print(just->text);
    return 0;
  }
  if (const auto* command = std::get_if<app::Command>(&*asked)) return look_after_journal(*command);
  const auto& options = std::get<app::Options>(*asked);

  set_log_level(options.log_level);
  app::raise_descriptor_limit();
  const sigset_t signals = arrange_signals();
  const SystemClock clock;
  auto node = app::Node::start(options, clock);
  if (!node) return complain(node.error());
  print(app::greeting(options, (*node)->port()));

  const int signal = wait_for(signals);
  log(LogLevel::kInfo, std::string("stopping on ") + (signal == SIGINT ? "SIGINT" : "SIGTERM"));
  (*node)->stop();
  return 0;
}
