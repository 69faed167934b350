#include "api/cors.h"

#include <gtest/gtest.h>

namespace tinychat::api::cors_test {

wire::Fields headers_for(std::vector<std::string> allowed, const std::string& origin) {
  return cors_headers(Settings{.allowed_origins = std::move(allowed), .version = {}}, &origin);
}

TEST(Cors, WithoutAnAllowListThereIsNone) {
  EXPECT_EQ(headers_for({}, "https://a.example"), wire::Fields{});
  EXPECT_EQ(preflight_headers(Settings{}, "GET"), wire::Fields{});
}

TEST(Cors, AnOriginOnTheListIsNamed) {
  const wire::Fields expected = {{"Vary", "Origin"},
                                 {"Access-Control-Allow-Origin", "https://b.example"},
                                 {"Access-Control-Expose-Headers", "Location"}};
  EXPECT_EQ(headers_for({"https://a.example", "https://b.example"}, "https://b.example"), expected);
}

TEST(Cors, OtherOriginsAreNot) {
  const wire::Fields only_vary = {{"Vary", "Origin"}};
  for (const auto* origin : {"https://b.example", "http://a.example", "https://a.example:444", "null", "",
                             "https://a.example.evil.example", "*"}) {
    EXPECT_EQ(headers_for({"https://a.example"}, origin), only_vary) << origin;
  }
  EXPECT_EQ(cors_headers(Settings{.allowed_origins = {"https://a.example"}, .version = {}}, nullptr),
            only_vary);
}

TEST(Cors, AnAsteriskIsForAll) {
  const wire::Fields expected = {{"Access-Control-Allow-Origin", "*"},
                                 {"Access-Control-Expose-Headers", "Location"}};
  EXPECT_EQ(headers_for({"*"}, "https://any.example"), expected);
  EXPECT_EQ(cors_headers(Settings{.allowed_origins = {"*"}, .version = {}}, nullptr), expected);
}

TEST(Cors, PreflightSaysWhatMayBeSent) {
  const auto headers = preflight_headers(Settings{.allowed_origins = {"*"}, .version = {}}, "POST, OPTIONS");
  EXPECT_EQ(*wire::find(headers, "Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(*wire::find(headers, "Access-Control-Allow-Headers"),
            "Authorization, Content-Type, Last-Event-ID, Idempotency-Key, Cache-Control");
  EXPECT_NE(wire::find(headers, "Access-Control-Max-Age"), nullptr);
}

}  // namespace tinychat::api::cors_test
