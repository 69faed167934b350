#include "base/keyed_count.h"

#include <gtest/gtest.h>

#include <vector>

namespace tinychat::keyed_count_test {

using Refusal = KeyedCount::Refusal;

TEST(KeyedCount, EachHasABound) {
  KeyedCount count(0, 2);
  auto first = count.try_take(7);
  const auto second = count.try_take(7);
  ASSERT_TRUE(first.place && second.place);
  const auto third = count.try_take(7);
  EXPECT_FALSE(third.place);
  EXPECT_EQ(third.refusal, Refusal::kEach);
  EXPECT_TRUE(count.try_take(8).place);
  EXPECT_EQ(count.in_all(), 2U);
  first.place.reset();
  EXPECT_TRUE(count.try_take(7).place);
}

TEST(KeyedCount, AllHaveABound) {
  KeyedCount count(3, 2);
  std::vector<KeyedCount::Taken> taken;
  for (const std::uint64_t key : {1U, 2U, 3U}) taken.push_back(count.try_take(key));
  const auto fourth = count.try_take(4);
  EXPECT_FALSE(fourth.place);
  EXPECT_EQ(fourth.refusal, Refusal::kInAll);
  taken.clear();
  EXPECT_EQ(count.in_all(), 0U);
  EXPECT_TRUE(count.try_take(4).place);
}

TEST(KeyedCount, NobodyIsCountedInAllAlone) {
  KeyedCount count(5, 1);
  std::vector<KeyedCount::Taken> taken;
  for (int i = 0; i < 5; ++i) taken.push_back(count.try_take(KeyedCount::kNobody));
  for (const auto& one : taken) EXPECT_TRUE(one.place);
  EXPECT_FALSE(count.try_take(KeyedCount::kNobody).place);
}

TEST(KeyedCount, APlaceThatMovesIsCountedOnce) {
  KeyedCount count(0, 1);
  KeyedCount::Place place = std::move(*count.try_take(1).place);
  EXPECT_EQ(count.in_all(), 1U);
  place = std::move(*count.try_take(2).place);
  EXPECT_EQ(count.in_all(), 1U);
  EXPECT_TRUE(count.try_take(1).place);
  EXPECT_FALSE(count.try_take(2).place);
}

TEST(KeyedCount, APlaceCanBePassedOn) {
  KeyedCount count(2, 1);
  auto first = count.try_take(KeyedCount::kNobody);
  EXPECT_TRUE(count.try_pass_on(*first.place, 7));
  EXPECT_EQ(count.in_all(), 1U);
  auto second = count.try_take(8);
  EXPECT_FALSE(count.try_pass_on(*second.place, 7));
  first.place.reset();
  EXPECT_TRUE(count.try_pass_on(*second.place, 7));
  EXPECT_TRUE(count.try_take(8).place);
}

TEST(KeyedCount, WithoutBoundsItCounts) {
  KeyedCount count;
  const auto taken = count.try_take(1);
  EXPECT_EQ(count.in_all(), 1U);
}

}  // namespace tinychat::keyed_count_test
