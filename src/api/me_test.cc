// Identity: how one gets it, what it is good for, and what it keeps away.
#include <gtest/gtest.h>

#include <string>

#include "api/api_fixture.h"
#include "base/limits.h"

namespace tinychat::api::me_test {

using Me = ApiFixture;

constexpr const char* kMessages = "/api/v1/rooms/tea/messages";

TEST_F(Me, IsNobodyWithoutACookie) {
  for (const wire::Fields& headers :
       {wire::Fields{}, {{"cookie", "other=1"}}, {{"cookie", "tinychat=nonsense"}}}) {
    const auto answer = get("/api/v1/me", headers);
    expect_problem(answer, 401);
    EXPECT_EQ(answer.header("WWW-Authenticate"), "Cookie");
  }
  expect_problem(get("/api/v1/me/sessions"), 401);
  expect_problem(send("PATCH", "/api/v1/me"), 401);
  expect_problem(send("DELETE", "/api/v1/me/sessions/current"), 401);
}

TEST_F(Me, BecomesAGuestWithALastingCookie) {
  const auto answer = post_json("/api/v1/me", R"({"name":"mason"})");
  EXPECT_EQ(answer.status(), 201);
  EXPECT_EQ(text_in(answer, "name"), "mason");
  EXPECT_EQ(text_in(answer, "created"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(text_in(answer, "id").size(), 16U);
  const auto cookie = answer.header("Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("tinychat=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax")) << cookie;
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");

  const wire::Field field{"cookie", "a=b; " + cookie.substr(0, cookie.find(';'))};
  EXPECT_EQ(get("/api/v1/me", {field}).body(), answer.body());
  // Asked again, it is the same one, whatever name comes with it.
  const auto again = post_json("/api/v1/me", R"({"name":"ada"})", {field});
  EXPECT_EQ(again.status(), 200);
  EXPECT_EQ(again.body(), answer.body());
  EXPECT_EQ(again.header("Set-Cookie"), "");
}

TEST_F(Me, IsGivenAFriendlyName) {
  const auto answer = send("POST", "/api/v1/me");
  EXPECT_EQ(answer.status(), 201);
  EXPECT_NE(text_in(answer, "name").find('-'), std::string::npos);
  EXPECT_EQ(post_json("/api/v1/me", "{}").status(), 201);
  // An ended cookie is as good as none.
  EXPECT_EQ(send("POST", "/api/v1/me", {{"cookie", "tinychat=ended"}}).status(), 201);
}

TEST_F(Me, RefusesWhatIsNoName) {
  const auto cookie = become("mason");
  expect_problem(post_json("/api/v1/me", R"({"name":""})"), 422);
  expect_problem(post_json("/api/v1/me", R"({"name":7})"), 422);
  expect_problem(post_json("/api/v1/me", R"({"name")"), 400);
  expect_problem(post_form("/api/v1/me", "name=mason"), 415);
  const auto patch = [&](std::string json) {
    return send("PATCH", "/api/v1/me", {cookie, {"content-type", "application/json"}}, std::move(json));
  };
  expect_problem(patch("{}"), 422);
  expect_problem(patch(R"({"name":"a\nb"})"), 422);
  expect_problem(patch("{\"name\":\"" + std::string(limits::kSenderBytesMax + 1, 'x') + "\"}"), 422);
  EXPECT_EQ(text_in(get("/api/v1/me", {cookie}), "name"), "mason");
  EXPECT_EQ(text_in(patch(R"({"name":"ada"})"), "name"), "ada");
  EXPECT_EQ(text_in(get("/api/v1/me", {cookie}), "name"), "ada");
}

TEST_F(Me, ListsAndEndsSessions) {
  const auto cookie = become("mason");
  const auto listed = get("/api/v1/me/sessions", {cookie, {"user-agent", "not that of the session"}});
  EXPECT_EQ(listed.status(), 200);
  EXPECT_TRUE(listed.body_has(R"("lastSeen":"2023-11-14T22:13:20.000Z","userAgent":"","current":true}]})"))
      << listed.body();
  const auto id = text_in(listed, "id");
  const auto other = become("ada");
  expect_problem(send("DELETE", "/api/v1/me/sessions/" + id, {other}), 404);
  const auto place = port_.people->passes().revoked_after({})->place;
  const auto user = text_in(get("/api/v1/me", {cookie}), "id");
  const auto ended = send("DELETE", "/api/v1/me/sessions/" + id, {cookie});
  EXPECT_EQ(port_.people->passes().revoked_after(place)->holders,
            (std::vector<std::string>{"user:" + user + '/' + id}))
      << "its streams end";
  EXPECT_EQ(ended.status(), 204);
  EXPECT_EQ(ended.header("Set-Cookie"), "tinychat=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  expect_problem(get("/api/v1/me", {cookie}), 401);
  EXPECT_EQ(send("DELETE", "/api/v1/me/sessions/current", {other}).status(), 204);
  expect_problem(get("/api/v1/me", {other}), 401);
}

TEST_F(Me, ASessionKnowsItsBrowser) {
  const auto answer = send("POST", "/api/v1/me", {{"user-agent", "curl/8 \xff\x01" + std::string(300, 'x')}});
  const auto cookie = answer.header("Set-Cookie");
  const auto listed = get("/api/v1/me/sessions", {{"cookie", cookie.substr(0, cookie.find(';'))}});
  EXPECT_EQ(text_in(listed, "userAgent"), "curl/8 " + std::string(limits::kUserAgentBytesMax - 7, 'x'));
}

// --- Messages ----------------------------------------------------------------------------------

TEST_F(Me, SendsUnderTheirOwnNameAndId) {
  const auto cookie = become("mason");
  const auto id = text_in(get("/api/v1/me", {cookie}), "id");
  const auto sent = post_json(kMessages, R"({"sender":"ada","text":"hi"})", {cookie});
  EXPECT_EQ(sent.status(), 201);
  EXPECT_TRUE(
      sent.body_has(R"("sender":"mason","text":"hi","time":"2023-11-14T22:13:20.000Z","author":")" + id))
      << sent.body();
  EXPECT_TRUE(get(kMessages).body_has(R"("author":")" + id));
  EXPECT_TRUE(get(sent.header("Location")).body_has(R"("author":")" + id));
}

TEST_F(Me, IsVouchedForByNothingButTheCookie) {
  const auto cookie = become("mason");
  for (const auto& answer :
       {post_json(kMessages, R"({"sender":"mason","text":"hi"})"),
        post_json(kMessages, R"({"sender":"mason","author":"x","text":"hi"})"),
        post_form("/tea", "sender=mason&message=hi", {cookie, {"accept", "application/json"}})}) {
    EXPECT_LT(answer.status(), 300) << answer.body();
    EXPECT_FALSE(answer.body_has("author")) << answer.body();
    EXPECT_TRUE(answer.body_has(R"("sender":"mason")")) << answer.body();
  }
}

// The message would turn up as somebody else's.
TEST_F(Me, SendsNothingWithACookieThatHasEnded) {
  const auto cookie = become("mason");
  EXPECT_EQ(send("DELETE", "/api/v1/me/sessions/current", {cookie}).status(), 204);
  expect_problem(post_json(kMessages, R"({"text":"hi"})", {cookie}), 401);
  EXPECT_TRUE(port_.published.empty());
  EXPECT_EQ(get(kMessages, {cookie}).status(), 200);
  EXPECT_TRUE(get("/api/v1/events?room=tea", {cookie}).is_stream);
}

TEST_F(Me, ReadsAndFollowsAlsoWhenNobodyCanBeLookedUp) {
  const auto cookie = become("mason");
  port_.people_queue_is_full = true;
  EXPECT_TRUE(get("/api/v1/events?room=tea", {cookie}).is_stream);
  EXPECT_EQ(get(kMessages, {cookie}).status(), 200);
  expect_problem(get("/api/v1/me", {cookie}), 503);
  expect_problem(post_json(kMessages, R"({"text":"hi"})", {cookie}), 503);
  // A second identity would be worse than none.
  expect_problem(send("POST", "/api/v1/me", {cookie}), 503);
  expect_problem(send("POST", "/api/v1/me"), 503);
}

// --- Pages of others ---------------------------------------------------------------------------

TEST_F(Me, IsNotActedForByPagesOfOthers) {
  settings_.allowed_origins = {"https://friend.example", "*"};
  const auto cookie = become("mason");
  const auto status = [&](wire::Fields headers) {
    headers.push_back(cookie);
    headers.push_back({"host", "chat.example:8080"});
    return post_json(kMessages, R"({"text":"hi"})", headers).status();
  };
  EXPECT_EQ(status({}), 201);
  EXPECT_EQ(status({{"sec-fetch-site", "same-origin"}}), 201);
  EXPECT_EQ(status({{"sec-fetch-site", "none"}}), 201);
  EXPECT_EQ(status({{"sec-fetch-site", "same-site"}}), 403);
  EXPECT_EQ(status({{"sec-fetch-site", "cross-site"}}), 403);
  EXPECT_EQ(status({{"sec-fetch-site", "nonsense"}}), 403);
  EXPECT_EQ(status({{"origin", "http://chat.example:8080"}}), 201);
  EXPECT_EQ(status({{"origin", "https://Chat.Example:8080"}}), 201);
  EXPECT_EQ(status({{"origin", "http://chat.example"}}), 403);
  EXPECT_EQ(status({{"origin", "http://evil.example"}}), 403);
  EXPECT_EQ(status({{"origin", "null"}}), 403);
  EXPECT_EQ(status({{"origin", "*"}}), 403);
  EXPECT_EQ(status({{"origin", "http://chat.example:8080"}, {"sec-fetch-site", "cross-site"}}), 403);
  EXPECT_EQ(status({{"origin", "https://friend.example"}, {"sec-fetch-site", "cross-site"}}), 201);
}

TEST_F(Me, PagesOfOthersReadAndSendWhatAnybodyMay) {
  const auto cookie = become("mason");
  const wire::Field cross{"sec-fetch-site", "cross-site"};
  EXPECT_EQ(get(kMessages, {cookie, cross}).status(), 200);
  EXPECT_EQ(post_json(kMessages, R"({"text":"hi"})", {cross}).status(), 201);
  EXPECT_EQ(post_form("/tea", "message=hi", {cookie, cross}).status(), 200);
}

}  // namespace tinychat::api::me_test
