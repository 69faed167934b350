#include "wire/cookie.h"

#include <gtest/gtest.h>

namespace tinychat::wire::cookie_test {

TEST(Cookie, IsFoundAmongOthers) {
  EXPECT_EQ(find_cookie("tinychat=abc", "tinychat"), "abc");
  EXPECT_EQ(find_cookie("a=1; tinychat=abc; b=2", "tinychat"), "abc");
  EXPECT_EQ(find_cookie("a=1;tinychat=abc;b=2", "tinychat"), "abc");
  EXPECT_EQ(find_cookie("a;=;;b=\"; tinychat = abc ", "tinychat"), "abc");
  EXPECT_EQ(find_cookie("tinychat=\"abc\"", "tinychat"), "abc");
  EXPECT_EQ(find_cookie("tinychat=a=b", "tinychat"), "a=b");
  EXPECT_EQ(find_cookie("tinychat=", "tinychat"), "");
  EXPECT_EQ(find_cookie("tinychat=first; tinychat=second", "tinychat"), "first");
}

TEST(Cookie, IsNotFoundUnderAnotherName) {
  for (const char* field : {"", "tinychat", "Tinychat=abc", "xtinychat=abc", "a=tinychat=abc", ";;;"}) {
    EXPECT_EQ(find_cookie(field, "tinychat"), std::nullopt) << field;
  }
}

TEST(Cookie, IsGivenForTheHostAndKeptFromScripts) {
  EXPECT_EQ(set_cookie("tinychat", "abc", std::chrono::hours(24)),
            "tinychat=abc; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax");
  EXPECT_EQ(set_cookie("tinychat", "", std::chrono::seconds(0)),
            "tinychat=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

TEST(Cookie, GoesOverTlsAloneIfItIsToldSo) {
  EXPECT_TRUE(set_cookie("a", "b", std::chrono::seconds(1), true).ends_with("; SameSite=Lax; Secure"));
}

}  // namespace tinychat::wire::cookie_test
