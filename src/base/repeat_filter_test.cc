#include "base/repeat_filter.h"

#include <gtest/gtest.h>

namespace tinychat::repeat_filter_test {

using namespace std::chrono_literals;

class RepeatFilterTest : public testing::Test {
 protected:
  std::optional<std::string> say(std::string_view kind, std::string_view message) {
    return filter.admit(kind, LogLevel::kWarning, message, clock.steady());
  }
  std::vector<std::string> due() {
    std::vector<std::string> texts;
    for (auto& line : filter.take_due(clock.steady())) texts.push_back(line.message);
    return texts;
  }

  ManualClock clock;
  RepeatFilter filter{10s};
};

TEST_F(RepeatFilterTest, TheFirstOfAKindIsSaidAtOnce) {
  EXPECT_EQ(say("full", "disk 1"), "disk 1");
  EXPECT_EQ(say("slow", "loop 1"), "loop 1");
  EXPECT_EQ(say("full", "disk 2"), std::nullopt);
  clock.advance(9999ms);
  EXPECT_EQ(say("full", "disk 3"), std::nullopt);
  EXPECT_TRUE(due().empty());
}

TEST_F(RepeatFilterTest, TheRestIsSaidTogether) {
  (void)say("full", "disk 1");
  for (int i = 0; i < 1235; ++i) (void)say("full", "disk 2");
  clock.advance(10s);
  EXPECT_EQ(due(), std::vector<std::string>{"disk 2 (and 1,234 more like it)"});
  EXPECT_TRUE(due().empty()) << "said once";
  EXPECT_EQ(say("full", "disk 3"), std::nullopt) << "and it stays quiet for as long again";
  clock.advance(10s);
  EXPECT_EQ(due(), std::vector<std::string>{"disk 3"}) << "one alone is no crowd";
}

TEST_F(RepeatFilterTest, WithoutATickTheNextOneSaysIt) {
  (void)say("full", "disk 1");
  (void)say("full", "disk 2");
  (void)say("full", "disk 3");
  clock.advance(10s);
  EXPECT_EQ(say("full", "disk 4"), "disk 4 (and 2 more like it)");
  EXPECT_EQ(say("full", "disk 5"), std::nullopt);
}

TEST_F(RepeatFilterTest, WhatIsOverIsForgotten) {
  (void)say("full", "disk 1");
  EXPECT_TRUE(filter.holds_any());
  clock.advance(10s);
  EXPECT_TRUE(due().empty());
  EXPECT_FALSE(filter.holds_any());
  EXPECT_EQ(say("full", "disk 2"), "disk 2");
}

TEST_F(RepeatFilterTest, AtTheEndNothingIsKeptBack) {
  (void)say("full", "disk 1");
  (void)say("full", "disk 2");
  (void)say("slow", "loop 1");
  const auto lines = filter.take_all();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.front().message, "disk 2");
  EXPECT_EQ(lines.front().level, LogLevel::kWarning);
  EXPECT_FALSE(filter.holds_any());
}

}  // namespace tinychat::repeat_filter_test
