#include "wire/media_type.h"

#include <gtest/gtest.h>

#include <string>

namespace tinychat::wire::media_type_test {

void expect_type(std::string_view text, const std::string& essence, const Fields& parameters) {
  const auto type = parse_media_type(text);
  ASSERT_TRUE(type) << text << ": " << type.error().detail;
  EXPECT_EQ(type->essence, essence) << text;
  EXPECT_EQ(type->parameters, parameters) << text;
}

TEST(MediaType, Parses) {
  expect_type("text/plain", "text/plain", {});
  expect_type("Application/JSON", "application/json", {});
  expect_type("application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded",
              {{"charset", "UTF-8"}});
  expect_type(" a/b ;\tX=y;Z=\"q \\\"r\\\\;\" ", "a/b", {{"x", "y"}, {"z", "q \"r\\;"}});
  expect_type("multipart/form-data; boundary=----WebKitFormBoundary7MA4", "multipart/form-data",
              {{"boundary", "----WebKitFormBoundary7MA4"}});
  expect_type("a/b;", "a/b", {});
  expect_type("a/b; ; c=\"\"", "a/b", {{"c", ""}});
  expect_type("a/b; c=\"\t\xC3\xA9\"", "a/b", {{"c", "\t\xC3\xA9"}});
}

TEST(MediaType, RefusesWhatIsMalformed) {
  for (const std::string text : {"",
                                 " ",
                                 "a",
                                 "a/",
                                 "/b",
                                 "a /b",
                                 "a/ b",
                                 "a/b c",
                                 "a/b;c",
                                 "a/b;c=",
                                 "a/b;=c",
                                 "a/b;c =d",
                                 "a/b;c= d",
                                 "a/b;c=\"d",
                                 "a/b;c=\"d\\",
                                 "a/b;c=\"d\"e",
                                 "a/b;c=\"\n\"",
                                 "a/b;c=\"\\\r\"",
                                 "a/b;c=\"\x7F\"",
                                 "a/b,c/d",
                                 "a/b/c",
                                 "a/\xC3\xA9"}) {
    const auto type = parse_media_type(text);
    ASSERT_FALSE(type) << text;
    EXPECT_EQ(type.error().code, Code::kMalformed) << text;
  }
  EXPECT_NE(parse_media_type("a/b;c d").error().detail.find("at byte 5;"), std::string::npos);
}

TEST(Accept, PrefersJsonOnlyByName) {
  for (const std::string accept :
       {"application/json", "APPLICATION/JSON", "text/html, application/json;q=0.1",
        "application/problem+json", "*/*;q=0.1,application/json; charset=utf-8; q=1.000",
        "a/b;c=\",\", application/json", "broken,, application/json", "a/b;c=\"\\\",\",application/json"}) {
    EXPECT_TRUE(prefers_json(accept)) << accept;
  }
  for (const std::string accept :
       {"", "*/*", "application/*", "text/html", "application/json;q=0", "application/json; Q=0.000",
        "text/json", "application/jsonp", "application/xjson", "text/x+json", "a/b;c=\",application/json,\"",
        "a/b;c=\",application/json", "application/json;q=x", "application/json;q=-1", "application/json;q=2",
        "application/json;q=0.", "application/json;q"}) {
    EXPECT_FALSE(prefers_json(accept)) << accept;
  }
}

}  // namespace tinychat::wire::media_type_test
