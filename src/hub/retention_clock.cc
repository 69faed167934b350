#include "hub/retention_clock.h"

#include "base/limits.h"

namespace tinychat::hub {
namespace {

std::uint64_t milliseconds_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

}  // namespace

RetentionClock::RetentionClock(std::uint64_t newest_milliseconds, std::chrono::milliseconds age,
                               const Clock& clock)
    : believed_milliseconds_(clock.utc_milliseconds()), believed_at_(clock.steady()) {
  const bool would_empty_the_log =
      age.count() > 0 && newest_milliseconds + milliseconds_of(age) < believed_milliseconds_;
  if (would_empty_the_log) believed_milliseconds_ = 0;
}

std::uint64_t RetentionClock::now_milliseconds(const Clock& clock) {
  const SteadyTime steady = clock.steady();
  const std::uint64_t utc = clock.utc_milliseconds();
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(steady - believed_at_);
  const std::uint64_t expected = believed_milliseconds_ + milliseconds_of(passed);
  if (utc <= expected + milliseconds_of(limits::kClockLeap)) {
    leapt_at_.reset();
  } else if (!leapt_at_) {
    leapt_at_ = steady;
  } else if (steady - *leapt_at_ >= limits::kClockLeapPatience) {
    leapt_at_.reset();
  }
  believed_milliseconds_ = leapt_at_ ? expected : utc;
  believed_at_ = steady;
  return believed_milliseconds_;
}

}  // namespace tinychat::hub
