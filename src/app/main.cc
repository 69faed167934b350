// The program: options, start, wait for a signal, stop.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>

#include "app/commands.h"
#include "app/descriptors.h"
#include "app/door.h"
#include "app/door_commands.h"
#include "app/greeting.h"
#include "app/inherited_sockets.h"
#include "app/leaving.h"
#include "app/lookout.h"
#include "app/node.h"
#include "app/options.h"
#include "app/supervisor.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/socket.h"

namespace {

using namespace tinychat;
using namespace std::chrono_literals;

constexpr int kExitDamaged = 1;
constexpr int kExitUsage = 2;
// To open a journal, or to wait for one over the network; to end, besides what --drain says.
constexpr auto kStartTime = 60s;
constexpr auto kStopTime = 30s;
// Threads look after themselves about once a second.
constexpr auto kTurnTimeAtLeast = 3s;

int complain(const Error& error) {
  std::fprintf(stderr, "tinychat: %s\n", error.detail.c_str());
  return kExitUsage;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// Tells the supervisor that the program works, if it does. Returns when to do so again.
std::chrono::milliseconds beat(const app::Supervisor& supervisor, const app::Node& node) {
  const auto interval = supervisor.beat_interval();
  if (!interval) return 1h;
  const auto lately = std::max<std::chrono::microseconds>(*interval, kTurnTimeAtLeast);
  if (node.has_turned_since(std::chrono::steady_clock::now() - lately)) supervisor.beat();
  return std::chrono::ceil<std::chrono::milliseconds>(*interval);
}

int wait_for_signal(app::Lookout& lookout, const app::Supervisor& supervisor, const app::Node& node) {
  for (;;) {
    const auto next = std::chrono::steady_clock::now() + beat(supervisor, node);
    if (const auto signal = lookout.wait_until(next)) return *signal;
  }
}

template <typename Command>
int carry_out(const Command& command) {
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
  if (const auto* command = std::get_if<app::Command>(&*asked)) return carry_out(*command);
  if (const auto* request = std::get_if<app::DoorRequest>(&*asked)) return carry_out(*request);
  auto options = std::get<app::Options>(*asked);
  set_log_level(options.log_level);

  // First: what is opened after this could be taken for one of them.
  auto sockets = app::take_inherited_sockets();
  if (!sockets) return complain(sockets.error());
  set_log_format(options.log_format);
  app::raise_descriptor_limit();
  // Whoever reads the log may go away; the server stays.
  (void)std::signal(SIGPIPE, SIG_IGN);
  app::Lookout lookout;
  const auto supervisor = app::Supervisor::from_environment();
  // Of several, one that others can reach decides whether the door is closed.
  for (const auto& socket : *sockets) {
    const auto where = net::local_endpoint(socket.get());
    if (!where) continue;
    options.host = where->host;
    if (!app::is_own_machine(where->host)) break;
  }

  supervisor.starting(kStartTime, "Opening the journal");
  const SystemClock clock;
  auto node = app::Node::start(options, clock, std::move(*sockets));
  if (!node) return complain(node.error());
  print(app::greeting(options, (*node)->port(), (*node)->admin_port(), (*node)->invitation()));
  // A person has it from the greeting; a program that reads the log does not read that.
  if (options.log_format == LogFormat::kJson) {
    log(LogLevel::kInfo, "ready", {{"version", TINYCHAT_VERSION}, {"port", std::to_string((*node)->port())}});
  }
  supervisor.ready("Serving on port " + std::to_string((*node)->port()));

  const int signal = wait_for_signal(lookout, supervisor, **node);
  log(LogLevel::kInfo, "stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  supervisor.stopping(options.drain + kStopTime, "Sending the streams away");
  app::leave(**node, lookout, {.window = options.drain, .on_beat = [&] { return beat(supervisor, **node); }});
  log_everything_held_back();
  log(LogLevel::kInfo, "stopped");
  return 0;
}
