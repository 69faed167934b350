#include "wire/form.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace tinychat::wire::form_test {

void expect_malformed_at(std::string_view body, std::size_t place) {
  const auto result = parse_form(body);
  ASSERT_FALSE(result) << body;
  EXPECT_EQ(result.error().code, Code::kMalformed);
  EXPECT_NE(result.error().detail.find("at byte " + std::to_string(place) + ";"), std::string::npos)
      << body << ": " << result.error().detail;
}

TEST(Form, HasItsFieldsInOrder) {
  EXPECT_EQ(parse_form("sender=mason&message=hi+%26+%3Cb%3E").value(),
            (Fields{{"sender", "mason"}, {"message", "hi & <b>"}}));
  EXPECT_EQ(parse_form("a=1&a=2").value(), (Fields{{"a", "1"}, {"a", "2"}}));
  EXPECT_EQ(parse_form("message=caf%C3%A9&x=caf\xC3\xA9").value(),
            (Fields{{"message", "café"}, {"x", "café"}}));
}

TEST(Form, TakesOddShapesAsBrowsersDo) {
  EXPECT_EQ(parse_form("").value(), Fields{});
  EXPECT_EQ(parse_form("&&").value(), Fields{});
  EXPECT_EQ(parse_form("&a=1&&b=2&").value(), (Fields{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(parse_form("a").value(), (Fields{{"a", ""}}));
  EXPECT_EQ(parse_form("a=").value(), (Fields{{"a", ""}}));
  EXPECT_EQ(parse_form("=a").value(), (Fields{{"", "a"}}));
  EXPECT_EQ(parse_form("a=b=c").value(), (Fields{{"a", "b=c"}}));
  EXPECT_EQ(parse_form("a%3Db=%26").value(), (Fields{{"a=b", "&"}}));
  EXPECT_EQ(parse_form("a;b=c").value(), (Fields{{"a;b", "c"}}));
}

TEST(Form, WrittenByHandKeepsItsAmpersands) {
  EXPECT_EQ(parse_form("sender=mason&message=hi & <b>").value(),
            (Fields{{"sender", "mason"}, {"message", "hi & <b>"}}));
  EXPECT_EQ(parse_form("message=you && me&sender=a").value(),
            (Fields{{"message", "you && me"}, {"sender", "a"}}));
  EXPECT_EQ(parse_form("message=R&D").value(), (Fields{{"message", "R&D"}}));
  EXPECT_EQ(parse_form("message=a & b = c").value(), (Fields{{"message", "a & b = c"}}));
  expect_malformed_at("message=a & b %", 14);
}

TEST(Form, TellsThePlaceInTheBody) {
  expect_malformed_at("a=1&b=%", 6);
  expect_malformed_at("a=1&b=%4&c=%20", 6);
  expect_malformed_at("a=1&%zz=2", 4);
  expect_malformed_at("a=1&b=xy\xFF", 8);
  expect_malformed_at("a=1&b=%41%20+%C3%28", 13);
  expect_malformed_at("%E2%82=1", 0);
  // The two halves of a character in two fields are no character.
  expect_malformed_at("a=%C3&b=%A9", 2);
}

TEST(Form, LimitsTheFields) {
  std::string body;
  for (std::size_t i = 0; i < limits::kFormFieldsMax; ++i) body += "&a=1&";
  EXPECT_EQ(parse_form(body).value().size(), limits::kFormFieldsMax);
  const auto result = parse_form(body + "a=1");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kTooLarge);
}

TEST(Form, FindGivesTheFirst) {
  const auto fields = parse_form("a=1&b=2&a=3").value();
  ASSERT_NE(find(fields, "a"), nullptr);
  EXPECT_EQ(*find(fields, "a"), "1");
  EXPECT_EQ(find(fields, "A"), nullptr);
  EXPECT_EQ(find({}, ""), nullptr);
}

}  // namespace tinychat::wire::form_test
