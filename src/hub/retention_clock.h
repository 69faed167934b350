// The time by which messages are too old. It is the clock's, but a clock can be wrong: set a year ahead for a
// minute, it would have everything deleted. So a leap forward is believed only when it has lasted; until then
// time goes on from where it was, as fast as the steady clock says. A step back is believed at once: it
// deletes nothing.
//
// At the start there is only the log to compare with: a time by which nothing in it is young enough to stay
// is such a leap, too. A log in which nobody has written for so long is trimmed once the server has been up
// for limits::kClockLeapPatience.
//
// Pure; one owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace tinychat::hub {

class RetentionClock {
 public:
  // `newest`: the time of the log's newest event. `age`: how old events may get; zero: there is no limit.
  RetentionClock(std::uint64_t newest_milliseconds, std::chrono::milliseconds age, const Clock& clock);

  // Since 1970.
  std::uint64_t now_milliseconds(const Clock& clock);
  // Whether the clock is ahead of that.
  [[nodiscard]] bool is_in_doubt() const { return leapt_at_.has_value(); }

 private:
  std::uint64_t believed_milliseconds_;
  SteadyTime believed_at_;
  std::optional<SteadyTime> leapt_at_;
};

}  // namespace tinychat::hub
