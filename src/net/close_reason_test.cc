#include "net/close_reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tinychat::net::close_reason_test {

TEST(CloseReason, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kCloseReasons; ++i) {
    const std::string name(name_of(static_cast<CloseReason>(i)));
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string::npos) << name;
    EXPECT_TRUE(names.insert(name).second) << name << " twice";
  }
  EXPECT_EQ(name_of(CloseReason::kPeerClosed), "peer-closed");
  EXPECT_EQ(name_of(CloseReason::kAbandoned), "abandoned");
  EXPECT_EQ(name_of(CloseReason::kStopping), "stopping");
}

TEST(CloseReason, IsCounted) {
  CloseCounters counters;
  counters.closed(CloseReason::kIdle, Closed::kConnection);
  counters.closed(CloseReason::kIdle, Closed::kConnection);
  counters.closed(CloseReason::kStopping, Closed::kStream);
  EXPECT_EQ(counters.count(CloseReason::kIdle, Closed::kConnection), 2U);
  EXPECT_EQ(counters.count(CloseReason::kIdle, Closed::kStream), 0U);
  EXPECT_EQ(counters.count(CloseReason::kStopping, Closed::kStream), 1U);
  EXPECT_EQ(counters.count(CloseReason::kChatty, Closed::kStream), 0U);
}

}  // namespace tinychat::net::close_reason_test
