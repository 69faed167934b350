// What the main thread waits for: a signal that asks the program to end, a word from another thread, a time.
//
// Thread: main's, but for wake().
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/unique_fd.h"

namespace tinychat::app {

class Lookout {
 public:
  // Before any thread is started: from then on all of them leave SIGINT and SIGTERM to this one.
  Lookout();

  // Ends with the number of a signal, or with none: another thread has called, or it is that late.
  [[nodiscard]] std::optional<int> wait_until(SteadyTime time);

  // Any thread.
  void wake() const;

  // The next signal ends the program, whatever it does.
  static void give_up();

 private:
  UniqueFd signals_;
  UniqueFd wake_;
};

}  // namespace tinychat::app
