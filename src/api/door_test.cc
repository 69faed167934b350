// The door, closed: who gets in, and that nobody else learns anything.
#include <gtest/gtest.h>

#include <string>

#include "api/api_fixture.h"
#include "base/secret.h"

namespace tinychat::api::door_test {

class ClosedDoor : public ApiFixture {
 protected:
  void SetUp() override {
    port_.append("tea", "mason", "a secret");
    settings_.door = room::Door::kClosed;
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

// --- Programs ----------------------------------------------------------------------------------

class ClosedDoorToTokens : public ClosedDoor {
 protected:
  wire::Field token(const std::string& secret, std::uint8_t scopes, std::vector<std::string> rooms = {},
                    std::uint64_t expires = 0) {
    EXPECT_TRUE(port_.people->passes().add_token({.id = "id " + secret,
                                                  .name = "of " + secret,
                                                  .grant = {.scopes = scopes, .rooms = std::move(rooms)},
                                                  .created_milliseconds = kTestMilliseconds,
                                                  .expires_milliseconds = expires},
                                                 token_hash(secret)));
    return {"authorization", "Bearer " + secret};
  }
};

TEST_F(ClosedDoorToTokens, LetsThemDoWhatTheyAreFor) {
  const auto all = token("all", 7);
  EXPECT_TRUE(get("/api/v1/rooms/tea/messages", {all}).body_has("a secret"));
  EXPECT_EQ(get("/api/v1/rooms", {all}).status(), 200);
  EXPECT_EQ(post_form("/tea", "sender=ci&message=done", {all}).status(), 200);
  EXPECT_EQ(post_json("/api/v1/rooms/tea/messages", R"({"sender":"ci","text":"hi"})", {all}).status(), 201);
  EXPECT_EQ(port_.published.back().author, "");
  EXPECT_TRUE(get("/subscribe/tea", {all}).is_stream);
  EXPECT_EQ(port_.attached.back().holder, "token:id all");
  expect_refusal(get("/api/v1/me", {all}), 403, "no user: ");
  expect_refusal(get("/api/v1/me/rooms", {all}), 403, "no user: ");

  const auto ci = token("ci", 4, {"deploys", "team/*"});
  EXPECT_EQ(post_form("/deploys", "message=done", {ci}).status(), 200);
  EXPECT_EQ(post_form("/team/a", "message=done", {ci}).status(), 200);
  expect_refusal(post_form("/tea", "message=done", {ci}), 403, "another room: ");
  expect_refusal(get("/subscribe/deploys", {ci}), 403, "another scope: ");
  expect_refusal(get("/api/v1/rooms", {ci}), 403, "all rooms: ");

  const auto follower = token("follower", 2, {"tea"});
  EXPECT_TRUE(get("/api/v1/events?room=tea", {follower}).is_stream);
  expect_refusal(get("/api/v1/events?room=tea&room=coffee", {follower}), 403, "one of them: ");
}

TEST_F(ClosedDoorToTokens, TellsNothingToTheWrongOnes) {
  const auto expired = token("old", 7, {}, kTestMilliseconds);
  clock_.set_utc_milliseconds(kTestMilliseconds);
  const auto revoked = token("revoked", 7);
  EXPECT_EQ(port_.people->passes().revoke_token("of revoked"), true);
  const auto member = enter("ada", room::Role::kMember);
  for (const auto& field : {expired, revoked, wire::Field{"authorization", "Bearer wrong"}}) {
    for (const auto& probe : kProbes) {
      if (probe.is_public) continue;
      // Also with a cookie that would do: whoever sends a token means it.
      const auto answer = send(probe.method, probe.target, {field, member});
      expect_refusal(answer, 401, std::string(probe.method) + ' ' + probe.target + ": ");
      EXPECT_EQ(answer.header("WWW-Authenticate"), "Cookie, Bearer");
    }
  }
}

TEST_F(ClosedDoorToTokens, TakesThemInTheQueryForStreamsAlone) {
  (void)token("s", 7, {}, kTestMilliseconds + 5);
  clock_.set_utc_milliseconds(kTestMilliseconds);
  EXPECT_TRUE(get("/api/v1/events?room=tea&access_token=s").is_stream);
  EXPECT_EQ(port_.attached.back().expires_milliseconds, kTestMilliseconds + 5);
  EXPECT_TRUE(get("/subscribe/tea?access_token=s").is_stream);
  expect_refusal(get("/subscribe/tea?access_token=t"), 401, "");
  expect_refusal(get("/api/v1/rooms/tea/messages?access_token=s"), 401, "");
  expect_refusal(send("POST", "/tea?access_token=s&message=hi"), 401, "");
}

// --- Joining -----------------------------------------------------------------------------------

class Joining : public ClosedDoor {
 protected:
  void put(room::Role role, const std::string& code, std::int64_t uses = journal::Link::kAnyNumber) {
    EXPECT_TRUE(
        port_.people->passes().put_link({.role = role, .code = code, .uses_left = uses}, token_hash(code)));
  }
  room::Role role_of(const std::string& set_cookie) {
    const auto begin = set_cookie.find('=') + 1;
    const auto visitor = port_.people->visit(
        token_hash(set_cookie.substr(begin, set_cookie.find(';') - begin)), kTestMilliseconds);
    return visitor.value().value().user.role;
  }
};

TEST_F(Joining, ALinkMakesABrowserAMember) {
  put(room::Role::kMember, "abc", 2);
  put(room::Role::kOwner, "own", 1);
  // Programs that look at it use nothing up.
  for (int i = 0; i < 3; ++i) {
    const auto page = get("/join/abc");
    EXPECT_EQ(page.status(), 200);
    EXPECT_TRUE(page.body_has(R"(<form method="post">)"));
    EXPECT_EQ(page.header("Referrer-Policy"), "same-origin");
    EXPECT_EQ(page.body(), get("/join/wrong").body());
  }
  const auto joined = send("POST", "/join/abc");
  EXPECT_EQ(joined.status(), 303);
  EXPECT_EQ(joined.header("Location"), "/");
  const auto set = joined.header("Set-Cookie");
  EXPECT_EQ(role_of(set), room::Role::kMember);
  EXPECT_FALSE(set.contains("Secure"));
  const wire::Field cookie{"cookie", set.substr(0, set.find(';'))};
  EXPECT_EQ(get("/api/v1/rooms", {cookie}).status(), 200);
  const auto owner = send("POST", "/join/own", {cookie});
  EXPECT_EQ(owner.status(), 303);
  EXPECT_EQ(owner.header("Set-Cookie"), "") << "it is the same user";
  EXPECT_EQ(role_of(set), room::Role::kOwner);
  // By the lesser link nobody becomes less.
  EXPECT_EQ(send("POST", "/join/abc", {cookie}).status(), 303);
  EXPECT_EQ(role_of(set), room::Role::kOwner);
  for (const char* used_up : {"/join/abc", "/join/own", "/join/wrong"}) {
    expect_refusal(send("POST", used_up), 404, used_up);
  }
}

TEST_F(Joining, IsNotDoneByPagesOfOthersNorByWhoWasRemoved) {
  put(room::Role::kMember, "abc", 1);
  expect_refusal(send("POST", "/join/abc", {{"sec-fetch-site", "cross-site"}}), 403, "");
  expect_refusal(send("POST", "/join/abc", {{"origin", "https://evil.example"}, {"host", "chat.example"}}),
                 403, "");
  expect_refusal(send("POST", "/join/abc", {enter("ada", room::Role::kRemoved)}), 403, "");
  EXPECT_EQ(send("POST", "/join/abc", {enter("mason", room::Role::kGuest)}).status(), 303);
}

TEST_F(Joining, SpeaksToPeopleInPagesOfTheirLanguage) {
  put(room::Role::kMember, "abc", 0);
  const wire::Field html{"accept", "text/html,application/xhtml+xml,*/*;q=0.8"};
  const wire::Field german{"accept-language", "fr, de-AT;q=0.8, en;q=0.5"};
  EXPECT_TRUE(get("/join/abc").body_has(R"(<html lang="en">)"));
  EXPECT_TRUE(get("/join/abc", {german}).body_has(R"(<html lang="de">)"));
  for (const auto& [language, words] :
       {std::pair(wire::Field{"accept-language", "x, ,;"}, "Ask who gave it to you"),
        std::pair(german, "Bitte um einen neuen")}) {
    const auto refused = send("POST", "/join/abc", {html, language});
    EXPECT_EQ(refused.status(), 404);
    EXPECT_EQ(refused.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_TRUE(refused.header("Content-Security-Policy").contains("style-src 'self'"));
    EXPECT_TRUE(refused.body_has(words)) << refused.body();
  }
  const auto removed = send("POST", "/join/abc", {html, enter("ada", room::Role::kRemoved)});
  EXPECT_EQ(removed.status(), 403);
  EXPECT_TRUE(removed.body_has("You were removed"));
}

TEST_F(Joining, GivesASecureCookieBehindTls) {
  put(room::Role::kMember, "abc");
  const wire::Field tls{"x-forwarded-proto", "https"};
  EXPECT_FALSE(send("POST", "/join/abc", {tls}).header("Set-Cookie").contains("Secure"));
  settings_.trusted_proxies = {*wire::parse_subnet("::/0")};
  EXPECT_TRUE(send("POST", "/join/abc", {tls}).header("Set-Cookie").ends_with("; Secure"));
}

TEST_F(ClosedDoor, AnOpenOneIsClosedToThoseWhoWereRemoved) {
  settings_.door = room::Door::kOpen;
  const auto cookie = enter("ada", room::Role::kRemoved);
  expect_problem(post_json("/api/v1/rooms/tea/messages", R"({"text":"hi"})", {cookie}), 403);
  expect_problem(get("/api/v1/events?room=tea", {cookie}), 403);
}

TEST_F(ClosedDoor, AnOwnerTakesOutWhatSomebodyWrote) {
  const auto owner = enter("olga", room::Role::kOwner);
  (void)enter("ugo", room::Role::kMember);
  port_.append({.room = "tea", .sender = "ugo", .text = "spam", .idempotency_key = {}, .author = "ugo"});
  expect_refusal(send("DELETE", "/api/v1/messages?author=ugo"), 401, "nobody");
  const auto member = enter("mia", room::Role::kMember);
  expect_refusal(send("DELETE", "/api/v1/messages?author=ugo", {member}), 403, "a member");
  EXPECT_EQ(send("DELETE", "/api/v1/messages", {owner}).status(), 422);
  const auto place = port_.people->passes().revoked_after({})->place;
  EXPECT_EQ(send("DELETE", "/api/v1/messages?author=ugo", {owner}).body(), R"({"erased":1})");
  const auto left = send("GET", "/api/v1/rooms/tea/messages", {owner});
  EXPECT_FALSE(left.body_has("spam"));
  EXPECT_TRUE(left.body_has("a secret"));
  EXPECT_EQ(port_.people->passes().revoked_after(place)->holders, std::vector{journal::erased_of("ugo")});
  EXPECT_EQ(port_.people->audit().page({}, 1)->entries[0].action, "messages.erased");
  EXPECT_EQ(port_.people->audit().page({}, 1)->entries[0].subject, "ugo");
  EXPECT_EQ(send("DELETE", "/api/v1/messages?author=ugo", {owner}).body(), R"({"erased":0})");
  port_.queue_is_full = true;
  EXPECT_EQ(send("DELETE", "/api/v1/messages?author=ugo", {owner}).status(), 503);
}

}  // namespace tinychat::api::door_test
