#include "base/rate_limiter.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace tinychat {
namespace {

// A year, in nanoseconds.
constexpr double kIntervalMax = 365.0 * 86'400 * 1e9;
constexpr auto kSweepInterval = std::chrono::seconds(1);

std::chrono::nanoseconds interval_of(double per_second) {
  if (per_second <= 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::llround(std::clamp(1e9 / per_second, 1.0, kIntervalMax)));
}

// A client that comes back after so many whole milliseconds does not come too early.
std::chrono::milliseconds rounded_up(std::chrono::nanoseconds time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time);
}

}  // namespace

RateLimiter::RateLimiter(Rate rate)
    : interval_(interval_of(rate.per_second)),
      burst_(static_cast<std::uint32_t>(std::max(1.0, std::floor(rate.burst)))) {}

RateLimiter::Verdict RateLimiter::take(std::string_view key, SteadyTime now) {
  TINYCHAT_ASSERT(is_limited());
  Stripe& stripe = stripes_[Hash{}(key) % kStripes];
  const std::scoped_lock lock(stripe.mutex);
  SteadyTime& place = find_or_make(stripe, key, now);
  const SteadyTime full_at = std::max(place, now) + interval_;
  const Interval depth = interval_ * burst_;
  const Interval over = full_at - now - depth;
  if (over > Interval::zero()) {
    return {.is_allowed = false,
            .left = 0,
            .full_after = rounded_up(full_at - interval_ - now),
            .retry_after = rounded_up(over)};
  }
  place = full_at;
  return {.is_allowed = true,
          .left = static_cast<std::uint32_t>(-over / interval_),
          .full_after = rounded_up(full_at - now),
          .retry_after = {}};
}

SteadyTime& RateLimiter::find_or_make(Stripe& stripe, std::string_view key, SteadyTime now) {
  if (const auto found = stripe.full_at.find(key); found != stripe.full_at.end()) return found->second;
  if (stripe.full_at.size() >= kKeysMax / kStripes && now >= stripe.next_sweep) {
    stripe.next_sweep = now + kSweepInterval;
    std::erase_if(stripe.full_at, [now](const auto& entry) { return entry.second <= now; });
  }
  if (stripe.full_at.size() >= kKeysMax / kStripes) return stripe.overflow_full_at;
  return stripe.full_at.emplace(key, SteadyTime{}).first->second;
}

}  // namespace tinychat
