#include "base/rate_limiter.h"

#include <gtest/gtest.h>

namespace tinychat::rate_limiter_test {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{1000s};

int taken_at(RateLimiter& limiter, std::string_view key, SteadyTime time) {
  int taken = 0;
  while (limiter.take(key, time).is_allowed) ++taken;
  return taken;
}

TEST(RateLimiter, ABurstAndThenOneAfterTheOther) {
  RateLimiter limiter({.per_second = 10, .burst = 5});
  EXPECT_EQ(taken_at(limiter, "a", kStart), 5);
  EXPECT_EQ(taken_at(limiter, "a", kStart + 99ms), 0);
  EXPECT_EQ(taken_at(limiter, "a", kStart + 100ms), 1);
  EXPECT_EQ(taken_at(limiter, "a", kStart + 350ms), 2);
  // What is not used is kept up to the burst.
  EXPECT_EQ(taken_at(limiter, "a", kStart + 1h), 5);
}

TEST(RateLimiter, SaysWhatIsLeftAndWhenToComeBack) {
  RateLimiter limiter({.per_second = 10, .burst = 3});
  const auto first = limiter.take("a", kStart);
  EXPECT_EQ(first.left, 2U);
  EXPECT_EQ(first.full_after, 100ms);
  (void)limiter.take("a", kStart);
  EXPECT_EQ(limiter.take("a", kStart).left, 0U);
  const auto refused = limiter.take("a", kStart + 20ms);
  EXPECT_FALSE(refused.is_allowed);
  EXPECT_EQ(refused.retry_after, 80ms);
  EXPECT_EQ(refused.full_after, 280ms);
  EXPECT_TRUE(limiter.take("a", kStart + 20ms + refused.retry_after).is_allowed);
}

TEST(RateLimiter, OneDoesNotSpendWhatIsAnothers) {
  RateLimiter limiter({.per_second = 1, .burst = 2});
  EXPECT_EQ(taken_at(limiter, "a", kStart), 2);
  EXPECT_EQ(taken_at(limiter, "b", kStart), 2);
}

TEST(RateLimiter, LessThanOneASecond) {
  RateLimiter limiter({.per_second = 0.1, .burst = 1});
  EXPECT_EQ(taken_at(limiter, "a", kStart), 1);
  EXPECT_EQ(taken_at(limiter, "a", kStart + 9999ms), 0);
  EXPECT_EQ(taken_at(limiter, "a", kStart + 10s), 1);
}

TEST(RateLimiter, ARateThatIsHardlyOneIsALimit) {
  RateLimiter limiter({.per_second = 1e-300, .burst = 1});
  ASSERT_TRUE(limiter.is_limited());
  EXPECT_EQ(taken_at(limiter, "a", kStart), 1);
}

TEST(RateLimiter, WithoutARateThereIsNoLimit) {
  EXPECT_FALSE(RateLimiter({}).is_limited());
  EXPECT_TRUE(RateLimiter({.per_second = 0.5, .burst = 1}).is_limited());
}

// Otherwise whoever has many addresses could make it remember without end.
TEST(RateLimiter, TooManyShareWhatIsLeft) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  const int keys = static_cast<int>(RateLimiter::kKeysMax) * 2;
  int allowed = 0;
  for (int key = 0; key < keys; ++key)
    allowed += limiter.take(std::to_string(key), kStart).is_allowed ? 1 : 0;
  EXPECT_LE(allowed, static_cast<int>(RateLimiter::kKeysMax) + 16);
  // Those whose bucket is full again make room.
  EXPECT_TRUE(limiter.take("new", kStart + 2s).is_allowed);
  EXPECT_TRUE(limiter.take("newer", kStart + 2s).is_allowed);
}

}  // namespace tinychat::rate_limiter_test
