#include "base/metrics.h"

#include <gtest/gtest.h>

#include "base/tally.h"

namespace tinychat::metrics_test {

using namespace std::chrono_literals;

TEST(Metrics, ABoundBelongsToItsBucket) {
  SizeHistogram sizes;
  sizes.observe(1);
  sizes.observe(2);
  sizes.observe(3);
  sizes.observe(1025, 2);
  EXPECT_EQ(sizes.count(0), 1U);
  EXPECT_EQ(sizes.count(1), 1U);
  EXPECT_EQ(sizes.count(2), 1U);
  EXPECT_EQ(sizes.count(sizes.bounds().size()), 2U);
  EXPECT_EQ(sizes.sum(), 1U + 2 + 3 + 2050);
}

TEST(Metrics, BoundsGrow) {
  for (std::size_t i = 1; i < kDurationBounds.size(); ++i)
    EXPECT_LT(kDurationBounds[i - 1], kDurationBounds[i]);
}

TEST(Metrics, TimeThatRanBackwardsIsNone) {
  DurationHistogram durations;
  durations.observe(-1ms);
  durations.observe(1ms);
  EXPECT_EQ(durations.count(0), 1U);
  EXPECT_EQ(durations.sum(), 1'000'000U);
}

TEST(Tally, EachLimitHasANameOfItsOwn) {
  for (std::size_t i = 0; i < kLimits; ++i) {
    EXPECT_FALSE(name_of(static_cast<Limit>(i)).empty());
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_NE(name_of(static_cast<Limit>(i)), name_of(static_cast<Limit>(j)));
  }
}

TEST(Tally, CountsWhatItIsTold) {
  const auto before = hits_of(Limit::kRooms);
  const auto other = hits_of(Limit::kMemory);
  limit_hit(Limit::kRooms);
  limit_hit(Limit::kRooms);
  EXPECT_EQ(hits_of(Limit::kRooms), before + 2);
  EXPECT_EQ(hits_of(Limit::kMemory), other);
  const auto answers = answers_with(Code::kNotFound);
  error_answered(Code::kNotFound);
  EXPECT_EQ(answers_with(Code::kNotFound), answers + 1);
}

}  // namespace tinychat::metrics_test
