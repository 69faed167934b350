// What clients may do, as their answers say it.
#include "api/api_fixture.h"
#include "api/rate_limits.h"
#include "base/secret.h"

namespace tinychat::api::admission_test {

using namespace std::chrono_literals;

const wire::Field kFromAda = {"x-forwarded-for", "203.0.113.7"};
const wire::Field kFromBob = {"x-forwarded-for", "203.0.113.8"};

class Admission : public ApiFixture {
 protected:
  // Requests come from this machine, and a proxy on it is trusted.
  void limit(const RateLimits::Rates& rates) {
    limits_.emplace(rates);
    settings_.rate_limits = &*limits_;
    settings_.trusted_proxies = {*wire::parse_subnet("::1")};
  }
  Answer say(const wire::Field& from, const std::string& room = "/tea") {
    return post_form(room, "sender=a&message=hi", {from});
  }

  std::optional<RateLimits> limits_;
};

TEST_F(Admission, RequestsOfAnAddress) {
  limit({.requests_per_address = 2});
  for (int left = 9; left >= 0; --left) {
    const auto answer = get("/api/v1/rooms", {kFromAda});
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.header("RateLimit"), R"("requests-per-address";r=)" + std::to_string(left) +
                                              ";t=" + std::to_string((11 - left) / 2));
  }
  const auto refused = get("/api/v1/rooms", {kFromAda});
  expect_problem(refused, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(refused.header("RateLimit"), R"("requests-per-address";r=0;t=5)");
  EXPECT_EQ(get("/api/v1/rooms", {kFromBob}).status(), 200);
  clock_.advance(500ms);
  EXPECT_EQ(get("/api/v1/rooms", {kFromAda}).status(), 200);
}

TEST_F(Admission, WhatIsNotThereCostsAsMuch) {
  limit({.requests_per_address = 0.4});
  EXPECT_EQ(get("/assets/none", {kFromAda}).status(), 404);
  EXPECT_EQ(get("/tea", {kFromAda}).status(), 405);
  EXPECT_EQ(get("/assets/none", {kFromAda}).status(), 429);
  EXPECT_EQ(send("OPTIONS", "/tea", {kFromAda}).status(), 429);
}

TEST_F(Admission, WhoWatchesMayAlwaysAsk) {
  limit({.requests_per_address = 0.2});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(get("/readyz", {kFromAda}).status(), 200);
    EXPECT_EQ(get("/healthz", {kFromAda}).status(), 200);
  }
}

// Whoever can write into the header must not become this machine by it.
TEST_F(Admission, NobodyIsThisMachineByWhatAProxySays) {
  limit({.messages_per_address = 0.2});
  EXPECT_EQ(say({"x-forwarded-for", "127.0.0.1"}).status(), 200);
  EXPECT_EQ(say({"x-forwarded-for", "127.0.0.1"}).status(), 429);
  EXPECT_EQ(say({"x-forwarded-for", "unknown"}).status(), 200);
  EXPECT_EQ(say({"x-forwarded-for", "203.0.113.9, _hidden"}).status(), 429);
}

TEST_F(Admission, ThisMachineHasNoLimit) {
  limit({.requests_per_address = 1, .messages_per_address = 1, .messages_per_room = 1});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(post_form("/tea", "sender=a&message=hi").status(), 200);
}

// A browser gives up on a stream for good on any answer but 200.
TEST_F(Admission, AStreamAboveTheLimitIsToldWhenToComeBack) {
  limit({.requests_per_address = 0.2});
  EXPECT_TRUE(get("/subscribe/tea", {kFromAda}).is_stream);
  EXPECT_TRUE(get("/subscribe/tea", {kFromAda}).is_stream);
  EXPECT_TRUE(get("/api/v1/events?room=tea", {kFromAda}).is_stream);
  EXPECT_EQ(port_.attached.size(), 1U);
  EXPECT_EQ(port_.turned_away.size(), 2U);
  expect_problem(send("HEAD", "/subscribe/tea", {kFromAda}), 429);
}

TEST_F(Admission, MessagesOfAnAddressAndToARoom) {
  limit({.messages_per_address = 1, .messages_per_room = 1.6});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(say(kFromAda).status(), 200);
  const auto refused = say(kFromAda);
  expect_problem(refused, 429);
  EXPECT_TRUE(refused.body_has("messages-per-address")) << refused.body();
  // Reading goes on.
  EXPECT_EQ(get("/api/v1/rooms/tea/messages", {kFromAda}).status(), 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(say(kFromBob).status(), 200);
  EXPECT_TRUE(say(kFromBob).body_has("messages-per-room"));
  EXPECT_EQ(say(kFromBob, "/other").status(), 200);
  EXPECT_EQ(port_.published.size(), 9U);
}

TEST_F(Admission, MessagesOfAUserFromWherever) {
  limit({.messages_per_user = 0.4});
  const auto cookie = become("ada");
  const auto say_as_user = [&](const wire::Field& from) {
    return post_json("/api/v1/rooms/tea/messages", R"({"text":"hi"})", {cookie, from}).status();
  };
  EXPECT_EQ(say_as_user(kFromAda), 201);
  EXPECT_EQ(say_as_user(kFromBob), 201);
  EXPECT_EQ(say_as_user(kFromAda), 429);
  EXPECT_EQ(say(kFromAda).status(), 200) << "nobody in particular";
}

TEST_F(Admission, NewUsersOfAnAddress) {
  limit({.new_users_per_minute_and_address = 2});
  const auto status = [&](const wire::Field& from) { return post_json("/api/v1/me", "{}", {from}).status(); };
  EXPECT_EQ(status(kFromAda), 201);
  EXPECT_EQ(status(kFromAda), 201);
  EXPECT_EQ(status(kFromAda), 429);
  EXPECT_EQ(status(kFromBob), 201);
  clock_.advance(30s);
  EXPECT_EQ(status(kFromAda), 201);
}

TEST_F(Admission, WrongSecretsOfAnAddress) {
  limit({.wrong_secrets_per_minute_and_address = 3});
  settings_.door = room::Door::kClosed;
  auto& passes = port_.people->passes();
  ASSERT_TRUE(passes.add_token({.id = "t", .name = "t", .grant = {.scopes = 7}}, token_hash("good")));
  ASSERT_TRUE(passes.put_link({.role = room::Role::kMember, .code = "code"}, token_hash("code")));
  const wire::Field wrong{"authorization", "Bearer wrong"};
  const wire::Field good{"authorization", "Bearer good"};
  const auto read = [&](const wire::Field& secret, const wire::Field& from) {
    return get("/api/v1/rooms", {secret, from});
  };
  EXPECT_EQ(read(wrong, kFromAda).status(), 401);
  EXPECT_EQ(read({"cookie", "tinychat=wrong"}, kFromAda).status(), 401);
  EXPECT_EQ(send("POST", "/join/wrong", {kFromAda}).status(), 404);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(read(good, kFromAda).status(), 200) << "it does not count";
  const auto refused = read(wrong, kFromAda);
  expect_problem(refused, 429);
  EXPECT_EQ(refused.header("Retry-After"), "20");
  expect_problem(read({"cookie", "tinychat=wrong"}, kFromAda), 429);
  expect_problem(send("POST", "/join/wrong", {kFromAda}), 429);
  expect_problem(get("/subscribe/tea?access_token=wrong", {kFromAda}), 429);
  EXPECT_EQ(get("/api/v1/rooms", {kFromAda}).status(), 401) << "no secret at all";
  EXPECT_EQ(read(good, kFromAda).status(), 200);
  EXPECT_EQ(send("POST", "/join/code", {kFromAda}).status(), 303);
  EXPECT_EQ(read(wrong, kFromBob).status(), 401);
  clock_.advance(20s);
  EXPECT_EQ(read(wrong, kFromAda).status(), 401);
}

// Whoever could follow the room without the cookie is told when to come back.
TEST_F(Admission, WrongSecretsWhereTheDoorIsOpen) {
  limit({.wrong_secrets_per_minute_and_address = 1});
  const wire::Field wrong{"cookie", "tinychat=wrong"};
  EXPECT_TRUE(get("/api/v1/events?room=tea", {wrong, kFromAda}).is_stream);
  EXPECT_TRUE(get("/api/v1/events?room=tea", {wrong, kFromAda}).is_stream);
  EXPECT_EQ(port_.attached.size(), 1U);
  EXPECT_EQ(port_.turned_away.size(), 1U);
  expect_problem(get("/api/v1/me", {wrong, kFromAda}), 429);
}

TEST_F(Admission, StreamsOfAUser) {
  KeyedCount streams(0, 2);
  settings_.streams_of_users = &streams;
  const auto ada = become("ada");
  for (int i = 0; i < 3; ++i) (void)get("/api/v1/events?room=tea", {ada});
  EXPECT_EQ(port_.attached.size(), 2U);
  EXPECT_EQ(port_.turned_away.size(), 1U);
  (void)get("/api/v1/events?room=tea", {become("bob")});
  EXPECT_EQ(port_.attached.size(), 3U);
  port_.attached.clear();
  (void)get("/api/v1/events?room=tea", {ada});
  EXPECT_EQ(port_.attached.size(), 1U);
  port_.attached.clear();
}

TEST_F(Admission, StreamsBehindAProxyAreTheirClients) {
  KeyedCount connections(0, 1);
  settings_.connections = &connections;
  limit({});
  (void)get("/subscribe/tea", {kFromAda});
  EXPECT_EQ(port_.attached.size(), 1U);
  // What was attached has gone with its socket.
  const auto taken = connections.try_take(wire::host_key(*wire::parse_ip_address("203.0.113.8")));
  (void)get("/subscribe/tea", {kFromBob});
  EXPECT_EQ(port_.turned_away.size(), 1U);
}

}  // namespace tinychat::api::admission_test
