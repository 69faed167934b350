#include "app/leaving.h"

#include <algorithm>

#include "base/limits.h"
#include "base/log.h"

namespace tinychat::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kStep = 20ms;
// Whoever is alone on their way back is no burden: with few streams the window is only so long for each.
constexpr auto kGoodbyeInterval = 50ms;
// Before the end nobody is accepted any more, so that who was accepted has brought a request and has the
// answer when nothing is stored any more. On a socket that somebody else holds those who come now wait for
// the next start.
constexpr auto kLastCall = 100ms;
// To say good-bye to those who are there, and to answer what is asked, when it is to be over at once.
constexpr auto kHurriedPatience = 1s;

// True: a signal came.
bool is_told_to_hurry(Lookout& lookout, SteadyTime until, const Leave& how) {
  const auto beat = how.on_beat();
  if (!lookout.wait_until(std::min(until, steady_clock::now() + beat))) return false;
  log(LogLevel::kWarning, "told to stop again: sending everybody away at once");
  Lookout::give_up();
  return true;
}

// True: no more patience.
bool send_away_over_window(Node& node, Lookout& lookout, const Leave& how) {
  // As long as it takes, and no longer: everybody is told how much of it is left.
  const auto window = std::min<milliseconds>(how.window, node.streams() * kGoodbyeInterval);
  const auto begin = steady_clock::now();
  const auto end = begin + window;
  node.begin_leaving(window);
  while (node.streams() > 0) {
    const auto next = steady_clock::now() + kStep;
    if (next >= end) return false;
    if (end - next < kLastCall) node.stop_accepting();
    node.send_away(duration<double>(next - begin) / window, std::chrono::ceil<milliseconds>(end - next));
    if (is_told_to_hurry(lookout, next, how)) return true;
  }
  return false;
}

}  // namespace

void leave(Node& node, Lookout& lookout, const Leave& how) {
  const bool is_hurried = send_away_over_window(node, lookout, how);
  node.begin_stopping([&lookout] { lookout.wake(); });
  const milliseconds patience = is_hurried ? kHurriedPatience : limits::kAnswerTimeout;
  const auto deadline = steady_clock::now() + patience;
  while (!node.is_drained() && steady_clock::now() < deadline) {
    if (is_told_to_hurry(lookout, deadline, how)) break;
  }
  node.stop();
}

}  // namespace tinychat::app
