// A thread's sign of life: it beats, whoever watches over it looks when it last did.
#pragma once

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace tinychat {

class Pulse {
 public:
  // The thread that is watched. Nothing else follows from the value, so no order is needed.
  void beat(SteadyTime now) { last_.store(now.time_since_epoch().count(), std::memory_order_relaxed); }
  // Any thread.
  [[nodiscard]] bool has_beaten_since(SteadyTime time) const {
    return last_.load(std::memory_order_relaxed) >= time.time_since_epoch().count();
  }

 private:
  std::atomic<SteadyTime::rep> last_{0};
};

}  // namespace tinychat
