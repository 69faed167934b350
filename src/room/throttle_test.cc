#include "room/throttle.h"

#include <gtest/gtest.h>

namespace tinychat::room::throttle_test {

using namespace std::chrono_literals;

TEST(Throttle, LetsOneOfAKeyThroughInEachInterval) {
  ManualClock clock;
  Throttle throttle(3s);
  EXPECT_TRUE(throttle.allow("a", clock.steady()));
  EXPECT_FALSE(throttle.allow("a", clock.steady()));
  EXPECT_TRUE(throttle.allow("b", clock.steady()));
  clock.advance(2999ms);
  EXPECT_FALSE(throttle.allow("a", clock.steady()));
  clock.advance(1ms);
  EXPECT_TRUE(throttle.allow("a", clock.steady()));
  clock.advance(1ms);
  EXPECT_FALSE(throttle.allow("a", clock.steady()));
}

TEST(Throttle, KeepsNothingForLong) {
  ManualClock clock;
  Throttle throttle(3s);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(throttle.allow(std::to_string(i), clock.steady()));
    clock.advance(100ms);
    EXPECT_LE(throttle.size(), 61U);
  }
}

}  // namespace tinychat::room::throttle_test
