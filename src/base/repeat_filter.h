// Lines that would come again and again: the first of a kind is said at once, those that follow within some
// time are counted and said together.
//
// Thread: one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tinychat {

class RepeatFilter {
 public:
  explicit RepeatFilter(std::chrono::seconds interval) : interval_(interval) {}

  // What is to be said now: the message, if it is not held back. `kind` is one of few.
  [[nodiscard]] std::optional<std::string> admit(std::string_view kind, LogLevel level,
                                                 std::string_view message, SteadyTime now);

  struct Line {
    LogLevel level;
    std::string message;
  };
  // What was held back for long enough: the last message of each kind, and how many more there were.
  [[nodiscard]] std::vector<Line> take_due(SteadyTime now);
  // The same of everything, for the end of the program.
  [[nodiscard]] std::vector<Line> take_all();

  [[nodiscard]] bool holds_any() const { return !kinds_.empty(); }

 private:
  struct Kind {
    SteadyTime quiet_until;
    std::uint64_t held = 0;
    LogLevel level = LogLevel::kInfo;
    std::string last;
  };
  [[nodiscard]] static std::string told_together(const Kind& kind);

  const std::chrono::seconds interval_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace tinychat
