#include "room/throttle.h"

namespace tinychat::room {

bool Throttle::allow(std::string_view key, SteadyTime now) {
  forget_before(now - interval_);
  const auto [entry, is_new] = last_.try_emplace(std::string(key), now);
  if (is_new) return true;
  if (now - entry->second < interval_) return false;
  entry->second = now;
  return true;
}

// Once an interval, so that what is kept is bounded by what came within two.
void Throttle::forget_before(SteadyTime time) {
  if (time < next_clean_up_) return;
  next_clean_up_ = time + interval_;
  std::erase_if(last_, [time](const auto& entry) { return entry.second <= time; });
}

}  // namespace tinychat::room
