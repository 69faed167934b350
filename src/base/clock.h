// Time as a seam: the program uses SystemClock, a test holds a ManualClock in its hand.
#pragma once

#include <chrono>
#include <cstdint>

namespace tinychat {

using SteadyTime = std::chrono::steady_clock::time_point;

// Any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // UTC since 1970. May step back.
  [[nodiscard]] virtual std::uint64_t utc_milliseconds() const = 0;
  // Never steps back.
  [[nodiscard]] virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::uint64_t utc_milliseconds() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
  }
  [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

// One thread at a time.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] std::uint64_t utc_milliseconds() const override { return utc_milliseconds_; }
  [[nodiscard]] SteadyTime steady() const override { return steady_; }

  void set_utc_milliseconds(std::uint64_t value) { utc_milliseconds_ = value; }
  void advance(std::chrono::milliseconds by) {
    utc_milliseconds_ += static_cast<std::uint64_t>(by.count());
    steady_ += by;
  }

 private:
  std::uint64_t utc_milliseconds_ = 1'700'000'000'000;
  SteadyTime steady_{};
};

}  // namespace tinychat
