#include "room/pass_terms.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/limits.h"

namespace tinychat::room::pass_terms_test {

using Words = std::vector<std::string>;

TEST(PassTerms, ScopesAreAddedUp) {
  EXPECT_EQ(scopes_of(Words{"read"}), 1);
  EXPECT_EQ(scopes_of(Words{"publish", "subscribe", "publish"}), 6);
  for (const auto& wrong : {Words{}, Words{""}, Words{"govern"}, Words{"read", "Read"}}) {
    const auto scopes = scopes_of(wrong);
    ASSERT_FALSE(scopes);
    EXPECT_EQ(scopes.error().code, Code::kUnprocessable);
    EXPECT_EQ(scopes.error().detail, "A token can publish, subscribe and read; name some of these.");
  }
}

TEST(PassTerms, RoomsAreNamesOrWhatTheyBeginWith) {
  EXPECT_TRUE(check_room_rules({}));
  EXPECT_TRUE(check_room_rules(Words{"tea", "team/*"}));
  const auto wrong = check_room_rules(Words{"tea", "a\x1b**"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kUnprocessable);
  EXPECT_TRUE(wrong.error().detail.starts_with("\"a?**\": A `*` stands for")) << wrong.error().detail;
}

TEST(PassTerms, RoomsAreNotTooMany) {
  EXPECT_TRUE(check_room_rules(Words(limits::kTokenRoomsMax, "tea")));
  const auto many = check_room_rules(Words(limits::kTokenRoomsMax + 1, "tea"));
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code, Code::kUnprocessable);
}

TEST(PassTerms, AnEndIsWithinTheLimit) {
  EXPECT_EQ(expiry_after(0.5, 1'000), 43'201'000U);
  EXPECT_EQ(expiry_after(limits::kPassDaysMax, 0), 315'360'000'000U);
  using Double = std::numeric_limits<double>;
  for (const double days : {0.0, -1.0, 3650.001, 1e300, Double::infinity(), Double::quiet_NaN()}) {
    const auto expiry = expiry_after(days, 0);
    ASSERT_FALSE(expiry) << days;
    EXPECT_EQ(expiry.error().code, Code::kUnprocessable);
    EXPECT_TRUE(expiry.error().detail.contains("more than 0 and at most 3650 days")) << expiry.error().detail;
  }
}

}  // namespace tinychat::room::pass_terms_test
