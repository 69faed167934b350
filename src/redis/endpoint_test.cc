#include "redis/endpoint.h"

#include <gtest/gtest.h>

namespace tinychat::redis::endpoint_test {

using enum Endpoint::Kind;

Endpoint parsed(std::string_view url) {
  auto endpoint = parse_endpoint(url);
  EXPECT_TRUE(endpoint) << url << ": " << (endpoint ? "" : endpoint.error().detail);
  return endpoint.value_or(Endpoint{});
}

TEST(RedisEndpoint, ReadsTheUsualForms) {
  auto at = parsed("redis://");
  EXPECT_EQ(at.kind, kTcp);
  EXPECT_EQ(at.host, "127.0.0.1");
  EXPECT_EQ(at.port, 6379);
  EXPECT_EQ(at.database, 0U);
  at = parsed("redis://h:1234/7");
  EXPECT_EQ(at.host, "h");
  EXPECT_EQ(at.port, 1234);
  EXPECT_EQ(at.database, 7U);
  EXPECT_EQ(at.password, "");
  at = parsed("rediss://me:p%40ss%2Fword:x@redis.example.org/");
  EXPECT_EQ(at.kind, kTls);
  EXPECT_EQ(at.user, "me");
  EXPECT_EQ(at.password, "p@ss/word:x");
  EXPECT_EQ(at.host, "redis.example.org");
  at = parsed("redis://:secret@[::1]:6380");
  EXPECT_EQ(at.user, "");
  EXPECT_EQ(at.password, "secret");
  EXPECT_EQ(at.host, "::1");
  EXPECT_EQ(at.port, 6380);
}

TEST(RedisEndpoint, ReadsSocketsOfTheMachine) {
  EXPECT_EQ(parsed("unix:/run/redis.sock").host, "/run/redis.sock");
  EXPECT_EQ(parsed("unix:///run/redis.sock").host, "/run/redis.sock");
  const auto at = parsed("unix://:secret@/run/redis.sock?db=3");
  EXPECT_EQ(at.kind, kUnix);
  EXPECT_EQ(at.host, "/run/redis.sock");
  EXPECT_EQ(at.password, "secret");
  EXPECT_EQ(at.database, 3U);
}

TEST(RedisEndpoint, RefusesTheRestWithoutShowingThePassword) {
  for (const auto* url :
       {"", "localhost", "http://h", "redis:/h", "redis://h:x", "redis://h:0", "redis://h:65536",
        "redis://h:", "redis://h/x", "redis://h/1/2", "redis://[::1", "redis://[::1]x", "redis://u:%zz@h",
        "redis://user@h", "unix:relative", "unix:", "unix:/a?x=1", "unix:/a?db=x", "redis://:sesame@h:x"}) {
    const auto endpoint = parse_endpoint(url);
    ASSERT_FALSE(endpoint) << url;
    EXPECT_EQ(endpoint.error().code, Code::kUsage) << url;
    EXPECT_EQ(endpoint.error().detail.find("sesame"), std::string::npos);
  }
}

TEST(RedisEndpoint, IsShownWithoutThePassword) {
  EXPECT_EQ(to_string(parsed("redis://me:secret@h:1/2")), "redis://h:1");
  EXPECT_EQ(to_string(parsed("rediss://:secret@[::1]")), "rediss://[::1]:6379");
  EXPECT_EQ(to_string(parsed("unix:/a")), "unix:/a");
}

// With the password in its place it is the same again.
TEST(RedisEndpoint, IsWrittenWholeButForThePassword) {
  for (const char* url :
       {"redis://127.0.0.1:6379", "redis://h:1/7", "redis://:secret@h:1", "rediss://m%2F%40:secret@[::1]:2/3",
        "unix:/run/redis.sock", "unix:/run/redis.sock?db=3", "unix://:secret@/run/redis.sock",
        "unix://me:secret@/run/redis.sock?db=3"}) {
    std::string expected = url;
    if (const auto at = expected.find("secret"); at != std::string::npos) expected.replace(at, 6, "PASSWORD");
    EXPECT_EQ(url_without_password(parsed(url)), expected);
  }
}

}  // namespace tinychat::redis::endpoint_test
