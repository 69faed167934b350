#include "wire/target.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace tinychat::wire::target_test {

using namespace std::string_literals;

void expect_target(std::string_view text, const std::string& path, const Fields& query) {
  const auto target = parse_target(text);
  ASSERT_TRUE(target) << text << ": " << target.error().detail;
  EXPECT_EQ(target->path, path) << text;
  EXPECT_EQ(target->query, query) << text;
}

TEST(Target, TakesTheOriginForm) {
  expect_target("/", "/", {});
  expect_target("/subscribe/a/b", "/subscribe/a/b", {});
  expect_target("/caf%C3%A9", "/caf%C3%A9", {});
  expect_target("/caf\xC3\xA9", "/café", {});
  expect_target("//a/../%zz", "//a/../%zz", {});
  expect_target("/a:b@c://d", "/a:b@c://d", {});
  expect_target("/?", "/", {});
  expect_target("/a?room=a&room=b%26&since=1-0", "/a", {{"room", "a"}, {"room", "b&"}, {"since", "1-0"}});
  expect_target("/a?x=/?&y=a+b", "/a", {{"x", "/?"}, {"y", "a b"}});
  expect_target("/a?u=http://b", "/a", {{"u", "http://b"}});
}

TEST(Target, TakesTheAbsoluteForm) {
  expect_target("http://host/a?b=c", "/a", {{"b", "c"}});
  expect_target("HTTPS://host:80/a", "/a", {});
  expect_target("http://[::1]:80", "/", {});
  expect_target("http://host?b=c", "/", {{"b", "c"}});
  expect_target("http://host/u@h", "/u@h", {});
}

TEST(Target, TakesTheAsterisk) { expect_target("*", "*", {}); }

TEST(Target, RefusesOtherForms) {
  for (const auto& text :
       {""s,          "a"s,       "**"s,           "*?a=b"s,        "?a=b"s,      "host:80"s, "http:/a"s,
        "http:///a"s, "http://"s, "http://u@h/a"s, "ftp://host/a"s, "://host/a"s, "/a#b"s,    "#"s,
        "/a?b#c"s,    "/a b"s,    "/a\tb"s,        "/a\0"s,         "/a\x7f"s,    "/a?b=\n"s}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().code, Code::kMalformed) << text;
  }
}

TEST(Target, TellsThePlaceInTheTarget) {
  for (const auto& text : {"/a?b=%zz"s, "/a?b=\xFF"s, "/a?b=%FF"s, "/abcd#"s}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().code, Code::kMalformed);
    EXPECT_NE(target.error().detail.find("at byte 5;"), std::string::npos) << target.error().detail;
  }
}

TEST(Target, IsLimitedInBytesNotInQueryFields) {
  std::string text = "/?";
  while (text.size() + 2 <= limits::kTargetBytesMax) text += "a&";
  EXPECT_EQ(parse_target(text).value().query.size(), (limits::kTargetBytesMax - 2) / 2);
  const auto longer = parse_target(text + "a");
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, Code::kTargetTooLong);
}

}  // namespace tinychat::wire::target_test
