// Publishing, in both interfaces.
#include <string>
#include <tuple>

#include "api/api_fixture.h"

namespace tinychat::api::publish_test {

using Publish = ApiFixture;

TEST_F(Publish, PublishAnswersWithAnEmptyBody) {
  const auto answer = post_form("/team/caf%C3%A9", "sender=mason&message=hi");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "");
  EXPECT_EQ(answer.header("Content-Type"), "");
  ASSERT_EQ(port_.published.size(), 1U);
  EXPECT_EQ(port_.published[0].room, "team/café");
  EXPECT_EQ(port_.published[0].sender, "mason");
  EXPECT_EQ(port_.published[0].text, "hi");
}

TEST_F(Publish, PublishAnswersWithTheMessageIfAsked) {
  const auto answer = post_form("/room", "sender=mason&message=hi", {{"accept", "application/json"}});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.body(), R"({"id":"1700000000000-0","room":"room","sender":"mason","text":"hi",)"
                           R"("time":"2023-11-14T22:13:20.000Z"})");
  EXPECT_EQ(post_form("/room", "message=hi", {{"accept", "*/*"}}).body(), "");
}

TEST_F(Publish, PublishTakesTheSenderOfABareTextFromTheQuery) {
  EXPECT_EQ(send("POST", "/room?sender=ci", {}, "build is green").status(), 200);
  EXPECT_EQ(port_.published.at(0).sender, "ci");
}

TEST_F(Publish, BadPublishesAreProblemsAndNothingIsStored) {
  expect_problem(post_form("/room", "message="), 422);
  expect_problem(post_form("/room", "message=%zz"), 400);
  expect_problem(post_form("/room", "message=" + std::string(101, 'x')), 413);
  expect_problem(send("POST", "/room", {{"content-type", "image/png"}}, "x"), 415);
  expect_problem(send("POST", "/room", {{"idempotency-key", ""}}, "x"), 422);
  expect_problem(post_json("/api/foo", R"({"message":"x"})"), 422);
  expect_problem(post_json("/a/sse", R"({"message":"x"})"), 422);
  expect_problem(post_json("//", R"({"message":"x"})"), 422);
  EXPECT_TRUE(port_.published.empty());
}

TEST_F(Publish, ARepeatedPublishAnswersWithTheFirst) {
  const wire::Fields headers = {{"idempotency-key", "k1"}, {"accept", "application/json"}};
  const auto first = post_form("/room", "message=hi", headers);
  const auto second = post_form("/room", "message=hi", headers);
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(first.body(), second.body());
}

TEST_F(Publish, PostedMessagesAreCreated) {
  const auto answer =
      post_json("/api/v1/rooms/team%2Fcaf%C3%A9/messages", R"({"sender":"mason","text":"hi"})");
  EXPECT_EQ(answer.status(), 201);
  const std::string location = answer.header("Location");
  EXPECT_EQ(location, "/api/v1/rooms/team%2Fcaf%C3%A9/messages/1700000000000-0");
  EXPECT_TRUE(answer.body_has(R"("room":"team/café","sender":"mason","text":"hi")")) << answer.body();
  const auto message = get(location);
  EXPECT_EQ(message.status(), 200);
  EXPECT_EQ(message.body(), answer.body());
}

TEST_F(Publish, APostRepeatedWithItsKeyAnswersWithTheFirst) {
  const wire::Fields key = {{"idempotency-key", "k1"}};
  const auto first = post_json("/api/v1/rooms/a/messages", R"({"text":"hi"})", key);
  const auto second = post_json("/api/v1/rooms/a/messages", R"({"text":"hi"})", key);
  EXPECT_EQ(first.status(), 201);
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(first.body(), second.body());
  EXPECT_EQ(first.header("Location"), second.header("Location"));
}

TEST_F(Publish, BadPostsAreProblems) {
  const std::string path = "/api/v1/rooms/a/messages";
  expect_problem(post_form(path, "text=x"), 415);
  expect_problem(post_json(path, "{"), 400);
  expect_problem(post_json(path, "{}"), 422);
  expect_problem(post_json(path, R"({"text":")" + std::string(101, 'x') + "\"}"), 413);
  expect_problem(post_json("/api/v1/rooms/api/messages", R"({"text":"x"})"), 422);
  EXPECT_TRUE(port_.published.empty());
}

TEST_F(Publish, WhatTheWriterCannotDoIsAProblemWithATimeToComeBack) {
  for (const auto& [code, status, seconds] :
       {std::tuple(Code::kOverloaded, 503, "1"), std::tuple(Code::kStopping, 503, "1"),
        std::tuple(Code::kStorageFailed, 503, "1"), std::tuple(Code::kStorageFull, 507, "60"),
        std::tuple(Code::kUnprocessable, 422, "")}) {
    port_.publish_error = Error{code, "secret or not"};
    const auto old = post_form("/room", "message=x");
    expect_problem(old, status);
    EXPECT_EQ(old.header("Retry-After"), seconds);
    const auto answer = post_json("/api/v1/rooms/a/messages", R"({"text":"x"})");
    expect_problem(answer, status);
    EXPECT_EQ(answer.header("Retry-After"), seconds);
    EXPECT_EQ(answer.body_has("secret"), info(code).detail_is_public);
  }
}

}  // namespace tinychat::api::publish_test
