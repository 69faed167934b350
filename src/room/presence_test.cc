#include "room/presence.h"

#include <gtest/gtest.h>

namespace tinychat::room {
namespace {

TEST(Presence, TheFirstOfANameJoinsAndTheLastLeaves) {
  Presence presence;
  EXPECT_TRUE(presence.join("tea", "mason"));
  EXPECT_FALSE(presence.join("tea", "mason"));
  EXPECT_FALSE(presence.leave("tea", "mason"));
  EXPECT_TRUE(presence.leave("tea", "mason"));
  EXPECT_TRUE(presence.join("tea", "mason"));
}

TEST(Presence, RoomsAndNamesAreApart) {
  Presence presence;
  EXPECT_TRUE(presence.join("tea", "mason"));
  EXPECT_TRUE(presence.join("coffee", "mason"));
  EXPECT_TRUE(presence.join("tea", "ada"));
  // Joined end to end these would be the same.
  EXPECT_TRUE(presence.join("te", "amason"));
  EXPECT_TRUE(presence.leave("tea", "mason"));
  EXPECT_TRUE(presence.leave("te", "amason"));
}

TEST(PresenceDeathTest, EachLeaveFollowsAJoin) {
  Presence presence;
  EXPECT_DEATH(presence.leave("tea", "mason"), "");
}

}  // namespace
}  // namespace tinychat::room
