// How far the log goes, for whoever is shown a cursor.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/event_id.h"

namespace tinychat::hub {

// The newest id that has been committed, told to the shards before any of them gets the event.
// Written by whoever delivers (release), read by the shards (acquire).
class CommittedHead {
 public:
  // `is_shared`: other nodes may know of more than this one does yet. Then any cursor that is not of the
  // future may be of this log, and a stream that stays ahead of it finds out by waiting.
  explicit CommittedHead(EventId head, bool is_shared = false) : packed_(pack(head)), is_shared_(is_shared) {}
  void store(EventId head) { packed_.store(pack(head), std::memory_order_release); }
  // Whether the cursor can have come from this log.
  [[nodiscard]] bool reaches(EventId cursor, std::uint64_t now_utc_milliseconds) const {
    const bool is_plausible =
        is_shared_ && cursor.milliseconds <= now_utc_milliseconds + kClocksApartMilliseconds;
    return (is_plausible || pack(cursor) <= packed_.load(std::memory_order_acquire)) &&
           cursor.sequence < EventIdSource::kSequencesPerMillisecond;
  }

 private:
  static constexpr std::uint64_t kClocksApartMilliseconds = 10'000;

  // EventIdSource keeps sequences within 20 bits, and milliseconds fit 43 bits until the year 2248.
  static std::uint64_t pack(EventId id) {
    constexpr std::uint64_t kMillisecondsMax = (std::uint64_t{1} << 43U) - 1;
    return (std::min(id.milliseconds, kMillisecondsMax) << 20U) +
           std::min(id.sequence, EventIdSource::kSequencesPerMillisecond - 1);
  }

  std::atomic<std::uint64_t> packed_;
  const bool is_shared_;
};

}  // namespace tinychat::hub
