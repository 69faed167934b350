#include "base/readiness.h"

#include <gtest/gtest.h>

namespace tinychat::readiness_test {

using enum Readiness::Part;

TEST(Readiness, IsReadyWhenNoPartComplains) {
  Readiness readiness;
  EXPECT_EQ(readiness.reason(), "");
  EXPECT_FALSE(readiness.set(kStoring, ""));
  EXPECT_TRUE(readiness.set(kStoring, "the disk is full"));
  EXPECT_FALSE(readiness.set(kStoring, "the disk is still full"));
  EXPECT_TRUE(readiness.set(kReading, "Redis is away"));
  EXPECT_EQ(readiness.reason(), "the disk is still full");
  const auto troubles = readiness.troubles();
  ASSERT_EQ(troubles.size(), 2U);
  EXPECT_EQ(troubles[0].part, "reading");
  EXPECT_EQ(troubles[0].reason, "Redis is away");
  EXPECT_EQ(troubles[1].part, "storing");
  EXPECT_TRUE(readiness.set(kStoring, ""));
  EXPECT_EQ(readiness.reason(), "Redis is away");
  EXPECT_TRUE(readiness.set(kReading, ""));
  EXPECT_EQ(readiness.reason(), "");
}

}  // namespace tinychat::readiness_test
