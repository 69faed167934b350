// The name of an event, the cursor of a reader and the SSE `id:`: `<milliseconds>-<sequence>`, the
// shape of a Redis stream id. Milliseconds are UTC since 1970; sequence tells events of one
// millisecond apart. Ids compare as they were given out.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tinychat {

struct EventId {
  std::uint64_t milliseconds = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const EventId&, const EventId&) = default;
};

// No event has it: what comes after all others.
inline constexpr EventId kEndOfTime = {std::numeric_limits<std::uint64_t>::max(),
                                       std::numeric_limits<std::uint64_t>::max()};

// `1361572294000-3`.
[[nodiscard]] std::string to_string(EventId id);

// Takes `<milliseconds>-<sequence>` and, as Redis does, plain `<milliseconds>` for sequence 0.
// Anything else (signs, blanks, overflow, empty) is nullopt.
[[nodiscard]] std::optional<EventId> parse_event_id(std::string_view text);

// Gives out ids that always grow, also when the clock steps back. One owner, one thread.
class EventIdSource {
 public:
  // Sequences stay below this, so that a journal may pack an id into 64 bits; a millisecond that
  // has used them up borrows from the next.
  static constexpr std::uint64_t kSequencesPerMillisecond = 1U << 20U;

  explicit EventIdSource(EventId last) : last_(last) {}

  EventId next(std::uint64_t now_milliseconds);

 private:
  EventId last_;
};

}  // namespace tinychat
