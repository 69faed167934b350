// The door, closed: who gets in, and that nobody else learns anything.
#include <gtest/gtest.h>

#include <string>

#include "api/api_fixture.h"
#include "base/secret.h"

namespace tinychat::api {
namespace {

class ClosedDoor : public ApiFixture {
 protected:
  void SetUp() override {
    port_.append("tea", "mason", "a secret");
    settings_.door = room::Door::kClosed;
  }

  // A user of this role, by their cookie.
  wire::Field enter(const std::string& name, room::Role role) {
    const auto now = kTestMilliseconds;
    EXPECT_TRUE(port_.people->add(
        {.id = name, .name = name, .created_milliseconds = now, .role = role},
        {.id = "s " + name, .created_milliseconds = now, .seen_milliseconds = now, .user_agent = {}},
        token_hash(name)));
    return {"cookie", "tinychat=" + name};
  }
  void expect_refusal(const Answer& answer, int status, const std::string& what) {
    EXPECT_EQ(answer.status(), status) << what << answer.body();
    EXPECT_FALSE(answer.is_stream) << what;
    for (const char* told : {"tea", "mason", "secret", "\"count\"", "\"messages\""}) {
      EXPECT_FALSE(answer.body_has(told)) << what << answer.body();
    }
  }
};

struct Probe {
  const char* method;
  const char* target;
  bool is_public = false;
};

constexpr Probe kProbes[] = {
    {"GET", "/", true},
    {"GET", "/r/tea", true},
    {"GET", "/r/tea/5-0", true},
    {"GET", "/healthz", true},
    {"GET", "/readyz", true},
    {"GET", "/openapi.yaml", true},
    {"GET", "/favicon.svg", true},
    {"GET", "/subscribe/tea"},
    {"GET", "/api/v1/events?room=tea"},
    {"GET", "/api/v1/rooms"},
    {"GET", "/api/v1/rooms/tea"},
    {"GET", "/api/v1/rooms/tea/presence"},
    {"GET", "/api/v1/rooms/tea/messages"},
    {"GET", "/api/v1/rooms/tea/messages/1700000000000-0"},
    {"POST", "/api/v1/rooms/tea/messages"},
    {"POST", "/api/v1/rooms/tea/typing"},
    {"POST", "/tea"},
    {"GET", "/api/v1/me/rooms"},
    {"PUT", "/api/v1/me/rooms/tea"},
    {"PUT", "/api/v1/me/rooms/tea/read"},
    {"DELETE", "/api/v1/me/rooms/tea"},
};

TEST_F(ClosedDoor, TellsNobodyAnything) {
  for (const auto& probe : kProbes) {
    const std::string what = std::string(probe.method) + ' ' + probe.target + ": ";
    const auto answer = send(probe.method, probe.target);
    if (probe.is_public) {
      EXPECT_LT(answer.status(), 400) << what;
    } else {
      expect_refusal(answer, 401, what);
      expect_refusal(send(probe.method, probe.target, {{"cookie", "tinychat=wrong"}}), 401, what);
    }
  }
  expect_refusal(send("POST", "/api/v1/me"), 401, "a new identity");
  EXPECT_TRUE(port_.published.empty());
  EXPECT_TRUE(port_.signals.empty());
}

TEST_F(ClosedDoor, TellsNothingToThoseWhoAreNotIn) {
  for (const auto role : {room::Role::kGuest, room::Role::kRemoved}) {
    const auto cookie = enter("user" + std::to_string(static_cast<int>(role)), role);
    for (const auto& probe : kProbes) {
      if (probe.is_public) continue;
      expect_refusal(send(probe.method, probe.target, {cookie}), 403,
                     std::string(probe.method) + ' ' + probe.target + ": ");
    }
  }
}

TEST_F(ClosedDoor, LetsMembersIn) {
  const auto cookie = enter("ada", room::Role::kMember);
  EXPECT_EQ(get("/api/v1/me", {cookie}).status(), 200);
  EXPECT_TRUE(get("/api/v1/rooms/tea/messages", {cookie}).body_has("a secret"));
  EXPECT_TRUE(get("/api/v1/rooms", {cookie}).body_has("tea"));
  EXPECT_TRUE(get("/subscribe/tea", {cookie}).is_stream);
  // The contract of 2013 still does nothing in the user's name.
  EXPECT_EQ(port_.attached.back().user, "");
  EXPECT_TRUE(get("/api/v1/events?room=tea", {cookie}).is_stream);
  EXPECT_EQ(port_.attached.back().user, "ada");
  const auto sent = post_json("/api/v1/rooms/tea/messages", R"({"text":"hi"})", {cookie});
  EXPECT_TRUE(sent.body_has(R"("author":"ada")")) << sent.body();
  EXPECT_EQ(post_form("/tea", "sender=x&message=hi", {cookie}).status(), 200);
  EXPECT_EQ(port_.published.back().author, "");
}

// Where the cookie opens the door, a page of somebody else must not use it.
TEST_F(ClosedDoor, IsNotOpenedByPagesOfOthers) {
  const auto cookie = enter("ada", room::Role::kMember);
  const wire::Field cross{"sec-fetch-site", "cross-site"};
  expect_refusal(post_form("/tea", "sender=x&message=hi", {cookie, cross}), 403, "");
  EXPECT_TRUE(port_.published.empty());
}

TEST_F(ClosedDoor, StaysClosedWhenNobodyCanBeLookedUp) {
  const auto cookie = enter("ada", room::Role::kMember);
  port_.people_queue_is_full = true;
  expect_refusal(get("/api/v1/events?room=tea", {cookie}), 503, "");
  expect_refusal(get("/api/v1/rooms/tea/messages", {cookie}), 503, "");
}

TEST_F(ClosedDoor, AnOpenOneIsClosedToThoseWhoWereRemoved) {
  settings_.door = room::Door::kOpen;
  const auto cookie = enter("ada", room::Role::kRemoved);
  expect_problem(post_json("/api/v1/rooms/tea/messages", R"({"text":"hi"})", {cookie}), 403);
  expect_problem(get("/api/v1/events?room=tea", {cookie}), 403);
}

}  // namespace
}  // namespace tinychat::api
