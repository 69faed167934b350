// Lets something through that comes again and again, but only so often for each key. Pure; one owner.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace tinychat::room {

class Throttle {
 public:
  explicit Throttle(std::chrono::milliseconds interval) : interval_(interval) {}

  // True: nothing has been let through for the key within the interval before `now`, which never steps back.
  bool allow(std::string_view key, SteadyTime now);

  [[nodiscard]] std::size_t size() const { return last_.size(); }

 private:
  void forget_before(SteadyTime time);

  const std::chrono::milliseconds interval_;
  std::unordered_map<std::string, SteadyTime> last_;
  SteadyTime next_clean_up_{};
};

}  // namespace tinychat::room
