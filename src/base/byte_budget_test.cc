#include "base/byte_budget.h"

#include <gtest/gtest.h>

namespace tinychat::byte_budget_test {

using Share = ByteBudget::Share;

TEST(ByteBudget, HoldsNoMoreThanItsBound) {
  ByteBudget budget(100);
  Share first(budget);
  Share second(budget);
  EXPECT_TRUE(first.resize(60));
  EXPECT_FALSE(second.resize(41));
  EXPECT_EQ(budget.held(), 60U);
  EXPECT_TRUE(second.resize(40));
  EXPECT_FALSE(first.resize(61));
  EXPECT_TRUE(first.resize(10));
  EXPECT_TRUE(second.resize(90));
  EXPECT_EQ(budget.held(), 100U);
}

TEST(ByteBudget, AShareGivesBackWhatItHolds) {
  ByteBudget budget(100);
  {
    Share share(budget);
    ASSERT_TRUE(share.resize(100));
    Share moved = std::move(share);
    EXPECT_EQ(budget.held(), 100U);
  }
  EXPECT_EQ(budget.held(), 0U);
}

TEST(ByteBudget, OneThatIsReplacedGivesBackItsOwn) {
  ByteBudget budget(100);
  Share kept(budget);
  ASSERT_TRUE(kept.resize(30));
  {
    Share other(budget);
    ASSERT_TRUE(other.resize(50));
    kept = std::move(other);
  }
  EXPECT_EQ(budget.held(), 50U);
}

TEST(ByteBudget, AShareOfNoBudgetHoldsAsItLikes) {
  Share share;
  EXPECT_TRUE(share.resize(1'000'000));
}

}  // namespace tinychat::byte_budget_test
