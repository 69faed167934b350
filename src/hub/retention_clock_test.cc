#include "hub/retention_clock.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace tinychat::hub::retention_clock_test {

using namespace std::chrono_literals;

constexpr auto kAge = std::chrono::milliseconds(24h * 30);
constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kYear = 365 * 24 * kHour;

class RetentionClockTest : public testing::Test {
 protected:
  void step(std::int64_t milliseconds) {
    clock_.set_utc_milliseconds(clock_.utc_milliseconds() + static_cast<std::uint64_t>(milliseconds));
  }
  ManualClock clock_;
  const std::uint64_t start_ = clock_.utc_milliseconds();
  RetentionClock retention_{start_, kAge, clock_};
};

TEST_F(RetentionClockTest, FollowsTheClock) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds());
    clock_.advance(1min);
  }
  step(-static_cast<std::int64_t>(kHour));
  EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds());
  step(static_cast<std::int64_t>(kHour));
  EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds()) << "as far as clocks are set";
  // Nobody asked for a long time: that is no leap.
  clock_.advance(kAge);
  EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds());
}

TEST_F(RetentionClockTest, ALeapForwardAndBackIsAsIfItHadNotBeen) {
  step(kYear);
  for (int minute = 0; minute < 300; ++minute) {
    EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds() - kYear);
    EXPECT_TRUE(retention_.is_in_doubt());
    clock_.advance(1min);
  }
  step(-static_cast<std::int64_t>(kYear));
  EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds());
  EXPECT_FALSE(retention_.is_in_doubt());
  // The next one has its own patience.
  step(kYear);
  EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds() - kYear);
}

TEST_F(RetentionClockTest, ALeapThatLastsIsBelieved) {
  step(kYear);
  EXPECT_EQ(retention_.now_milliseconds(clock_), start_);
  clock_.advance(limits::kClockLeapPatience - 1min);
  EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds() - kYear);
  clock_.advance(1min);
  EXPECT_EQ(retention_.now_milliseconds(clock_), clock_.utc_milliseconds());
  EXPECT_FALSE(retention_.is_in_doubt());
}

TEST_F(RetentionClockTest, AStartByWhichAllWouldBeTooOldWaits) {
  step(kYear);
  RetentionClock late(start_, kAge, clock_);
  EXPECT_EQ(late.now_milliseconds(clock_), 0U);
  EXPECT_TRUE(late.is_in_doubt());
  clock_.advance(limits::kClockLeapPatience);
  EXPECT_EQ(late.now_milliseconds(clock_), clock_.utc_milliseconds());

  RetentionClock usual(clock_.utc_milliseconds() - static_cast<std::uint64_t>(kAge.count()) + 1, kAge,
                       clock_);
  EXPECT_EQ(usual.now_milliseconds(clock_), clock_.utc_milliseconds());
  RetentionClock for_ever(1, 0ms, clock_);
  EXPECT_EQ(for_ever.now_milliseconds(clock_), clock_.utc_milliseconds());
}

}  // namespace tinychat::hub::retention_clock_test
