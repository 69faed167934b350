#include "room/presence.h"

#include <gtest/gtest.h>

namespace tinychat::room::presence_test {

using Names = std::vector<std::string>;

Person named(std::string name) { return {.id = "", .name = std::move(name)}; }

TEST(Presence, TheFirstOfANameJoinsAndTheLastLeaves) {
  Presence presence;
  EXPECT_TRUE(presence.join("tea", named("mason")));
  EXPECT_FALSE(presence.join("tea", named("mason")));
  EXPECT_EQ(presence.leave("tea", named("mason")), std::nullopt);
  EXPECT_EQ(presence.leave("tea", named("mason")), named("mason"));
  EXPECT_TRUE(presence.join("tea", named("mason")));
}

TEST(Presence, RoomsAndNamesAreApart) {
  Presence presence;
  EXPECT_TRUE(presence.join("tea", named("mason")));
  EXPECT_TRUE(presence.join("coffee", named("mason")));
  EXPECT_TRUE(presence.join("tea", named("ada")));
  // Joined end to end these would be the same.
  EXPECT_TRUE(presence.join("te", named("amason")));
  EXPECT_TRUE(presence.leave("tea", named("mason")));
  EXPECT_TRUE(presence.leave("te", named("amason")));
  EXPECT_EQ(presence.count("tea"), 1U);
  EXPECT_EQ(presence.count("te"), 0U);
}

TEST(Presence, AUserIsOneUnderAnyNameAndNobodyElseOfThatName) {
  Presence presence;
  EXPECT_TRUE(presence.join("tea", {"u1", "mason"}));
  EXPECT_FALSE(presence.join("tea", {"u1", "grace"}));
  EXPECT_TRUE(presence.join("tea", {"u2", "mason"}));
  EXPECT_TRUE(presence.join("tea", named("mason")));
  // No user has this name for an id.
  EXPECT_TRUE(presence.join("tea", named("u1")));
  EXPECT_EQ(presence.count("tea"), 4U);
  const std::vector<Person> people{{"u1", "mason"}, {"u2", "mason"}, named("mason"), named("u1")};
  EXPECT_EQ(presence.attendance("tea", 4), (Attendance{4, people}));
  EXPECT_EQ(presence.attendance("tea", 3), (Attendance{4, {}}));
  EXPECT_EQ(presence.attendance("nowhere", 3), Attendance{});
  EXPECT_EQ(presence.leave("tea", {"u1", "mason"}), std::nullopt);
  EXPECT_EQ(presence.leave("tea", {"u1", "any"}), (Person{"u1", "mason"}));
}

TEST(Presence, ANameChangesWhereTheUserIs) {
  Presence presence;
  presence.join("tea", {"u1", "mason"});
  presence.join("coffee", {"u1", "mason"});
  presence.join("water", {"u1", "mason"});
  presence.join("tea", named("mason"));
  presence.leave("water", {"u1", "mason"});
  EXPECT_EQ(presence.rename("u1", "grace"), (Names{"coffee", "tea"}));
  EXPECT_EQ(presence.attendance("tea", 9).people, (std::vector<Person>{{"u1", "grace"}, named("mason")}));
  EXPECT_EQ(presence.leave("tea", {"u1", "mason"}), (Person{"u1", "grace"}));
  EXPECT_EQ(presence.rename("u1", "ada"), Names{"coffee"});
  EXPECT_EQ(presence.rename("u2", "ada"), Names{});
}

TEST(PresenceDeathTest, EachLeaveFollowsAJoin) {
  Presence presence;
  EXPECT_DEATH(presence.leave("tea", named("mason")), "");
}

}  // namespace tinychat::room::presence_test
