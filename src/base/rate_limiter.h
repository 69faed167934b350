// How often something may be done by each of many: token buckets that fill at a steady rate, kept as the one
// time at which a bucket will be full again (the generic cell rate algorithm of ATM, ITU-T I.371).
//
// Memory is bounded: those who have not been seen for so long that their bucket is full are forgotten. If
// there are more than kKeysMax others at once, those who come then share one bucket for each stripe.
//
// Thread: any.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace tinychat {

class RateLimiter {
 public:
  static constexpr std::size_t kKeysMax = 64 * 1024;

  // `burst` at once, then `per_second`; 0: without a limit.
  struct Rate {
    double per_second = 0;
    double burst = 0;
  };

  struct Verdict {
    bool is_allowed = true;
    std::uint32_t left = 0;                    // how many more would be allowed at once
    std::chrono::milliseconds full_after{0};   // when as many as ever will be
    std::chrono::milliseconds retry_after{0};  // if it is not allowed: when one will be
  };

  explicit RateLimiter(Rate rate);

  [[nodiscard]] bool is_limited() const { return interval_.count() > 0; }
  // Of a bucket that is full.
  [[nodiscard]] std::uint32_t burst() const { return burst_; }

  // Takes one token of `key`, if there is one. Only if is_limited().
  Verdict take(std::string_view key, SteadyTime now);

 private:
  using Interval = std::chrono::nanoseconds;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  // On a cache line of its own: shards ask at the same time.
  struct alignas(64) Stripe {
    std::mutex mutex;
    std::unordered_map<std::string, SteadyTime, Hash, std::equal_to<>> full_at;
    SteadyTime overflow_full_at{};
    SteadyTime next_sweep{};
  };
  static constexpr std::size_t kStripes = 16;

  SteadyTime& find_or_make(Stripe& stripe, std::string_view key, SteadyTime now);

  const Interval interval_;  // between two tokens
  const std::uint32_t burst_;
  std::array<Stripe, kStripes> stripes_;
};

}  // namespace tinychat
