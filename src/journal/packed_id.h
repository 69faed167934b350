// An EventId in the 64 bits of an SQLite row id: `milliseconds << 20 | sequence`, comparing alike.
//
// What the Writer makes always fits (43 bits of milliseconds reach into the year 2248, and
// EventIdSource keeps sequences below 2^20). A client's cursor may be any two numbers: for it there is
// the nearest packed id below, so that comparing stays right.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/event_id.h"

namespace tinychat::journal {

inline constexpr unsigned kSequenceBits = 20;
static_assert(EventIdSource::kSequencesPerMillisecond == std::uint64_t{1} << kSequenceBits);
inline constexpr std::uint64_t kPackedMillisecondsMax =
    static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) >> kSequenceBits;

[[nodiscard]] constexpr bool fits_packed(EventId id) {
  return id.milliseconds <= kPackedMillisecondsMax && id.sequence < EventIdSource::kSequencesPerMillisecond;
}

// The greatest packed id that is not greater than `id`.
[[nodiscard]] constexpr std::int64_t pack_at_most(EventId id) {
  if (id.milliseconds > kPackedMillisecondsMax) return std::numeric_limits<std::int64_t>::max();
  const std::uint64_t sequence = id.sequence < EventIdSource::kSequencesPerMillisecond
                                     ? id.sequence
                                     : EventIdSource::kSequencesPerMillisecond - 1;
  return static_cast<std::int64_t>(id.milliseconds << kSequenceBits | sequence);
}

// The greatest packed id that is less than `id`; -1, which no event has, for 0-0.
[[nodiscard]] constexpr std::int64_t pack_below(EventId id) {
  return fits_packed(id) ? pack_at_most(id) - 1 : pack_at_most(id);
}

[[nodiscard]] constexpr std::optional<std::int64_t> pack_exactly(EventId id) {
  if (!fits_packed(id)) return std::nullopt;
  return pack_at_most(id);
}

[[nodiscard]] constexpr EventId unpack(std::int64_t packed) {
  const auto bits = static_cast<std::uint64_t>(packed);
  return {bits >> kSequenceBits, bits & (EventIdSource::kSequencesPerMillisecond - 1)};
}

}  // namespace tinychat::journal
