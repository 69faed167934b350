// Sessions against a real redis-server that goes and comes back.
#include "redis/session.h"

#include <gtest/gtest.h>

#include <array>

#include "redis/redis_server.h"

namespace tinychat::redis::session_test {

using namespace std::chrono_literals;

SteadyTime in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

TEST(RedisScript, TakesNothingButADigest) {
  const Script script("return 1");
  for (const std::string& other :
       {std::string(), std::string("OK"), std::string(39, 'a'), std::string(40, 'x')}) {
    EXPECT_FALSE(script.take_digest(other)) << other;
    EXPECT_FALSE(script.has_digest());
  }
  EXPECT_TRUE(script.take_digest(std::string(40, 'a')));
  EXPECT_TRUE(script.has_digest());
}

TEST(RedisSession, LoadsAScriptThatRedisDoesNotKnow) {
  RedisServer server;
  Session session(server.endpoint(), "test");
  const Script script("return { KEYS[1], ARGV[1] }");
  const std::array<std::string_view, 1> keys{"k"};
  const std::array<std::string_view, 1> arguments{"a b"};
  for (int i = 0; i < 2; ++i) {
    const auto reply = session.evaluate(script, keys, arguments, in(5s));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->value()[0].text(), "k");
    EXPECT_EQ(reply->value()[1].text(), "a b");
    server.call({"SCRIPT", "FLUSH"});
  }
}

TEST(RedisSession, ComesBackAfterARestartAtOnce) {
  RedisServer server;
  Session session(server.endpoint(), "test");
  ASSERT_TRUE(session.call({"PING"}, in(5s)));
  server.stop();
  server.start();
  EXPECT_TRUE(session.call({"PING"}, in(5s))) << "an idle connection that was closed costs nothing";
  EXPECT_EQ(session.opened(), 2U);
}

TEST(RedisSession, NobodyWaitsForARedisThatIsKnownToBeAway) {
  RedisServer server;
  Session session(server.endpoint(), "test");
  ASSERT_TRUE(session.call({"PING"}, in(5s)));
  server.freeze();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(session.call({"PING"}, in(100ms)));
  EXPECT_GE(std::chrono::steady_clock::now() - began, 100ms);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(session.call({"PING"}, in(1ms)));
  EXPECT_FALSE(session.is_well());
  server.thaw();
  const auto deadline = in(10s);
  while (!session.call({"PING"}, in(1s))) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_TRUE(session.is_well());
}

TEST(RedisSession, WhatIsNoRedisIsAnError) {
  Session session(
      {.kind = Endpoint::Kind::kUnix, .host = "/nonexistent/socket", .port = 0, .user = {}, .password = {}},
      "test");
  const auto reply = session.call({"PING"}, in(1s));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kUnavailable);
  EXPECT_NE(reply.error().detail.find("unix:/nonexistent/socket: No such file"), std::string::npos)
      << reply.error().detail;
}

TEST(RedisErrors, EachHasItsMeaning) {
  EXPECT_EQ(error_of("LOADING Redis is loading").code, Code::kUnavailable);
  EXPECT_EQ(error_of("READONLY You can't").code, Code::kUnavailable);
  EXPECT_EQ(error_of("OOM command not allowed").code, Code::kStorageFull);
  EXPECT_EQ(error_of("WRONGPASS invalid").code, Code::kUsage);
  EXPECT_EQ(error_of("NOAUTH Authentication required.").code, Code::kUsage);
  EXPECT_EQ(error_of("WRONGTYPE Operation").code, Code::kStorageFailed);
  EXPECT_EQ(error_of("ERR something").code, Code::kStorageFailed);
  EXPECT_NE(error_of("OOM command not allowed").detail.find("maxmemory"), std::string::npos);
}

}  // namespace tinychat::redis::session_test
