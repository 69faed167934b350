// Reading back: messages and rooms.
#include <string>

#include "api/api_fixture.h"

namespace tinychat::api::messages_test {

using Messages = ApiFixture;

TEST_F(Messages, MessagesComeInPages) {
  for (const auto* text : {"one", "two", "three"}) port_.append("a/b", "s", text);
  const auto answer = get("/api/v1/rooms/a/b/messages?limit=1&before=1700000000000-2");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_TRUE(answer.body_has(R"("text":"two")")) << answer.body();
  EXPECT_TRUE(answer.body_has(R"(],"before":"1700000000000-1","after":"1700000000000-1"})")) << answer.body();
  EXPECT_EQ(get("/api/v1/rooms/empty/messages").body(), R"({"messages":[],"before":null,"after":null})");
  EXPECT_EQ(send("HEAD", "/api/v1/rooms/empty/messages").status(), 200);
}

TEST_F(Messages, BadPagesAreProblems) {
  for (const auto* query : {"limit=0", "limit=201", "before=x", "before=1-0&after=1-0"}) {
    expect_problem(get("/api/v1/rooms/a/messages?" + std::string(query)), 422);
  }
  expect_problem(get("/api/v1/rooms/metrics/messages"), 422);
  expect_problem(get("/api/v1/rooms//messages"), 422);
  expect_problem(get("/api/v1/rooms/%FF/messages"), 400);
}

TEST_F(Messages, OneMessageIsThereOrNot) {
  const auto event = port_.append("a/messages", "s", "t");
  EXPECT_EQ(get("/api/v1/rooms/a/messages/messages/" + to_string(event.id)).status(), 200);
  expect_problem(get("/api/v1/rooms/a/messages/messages/1-0"), 404);
  expect_problem(get("/api/v1/rooms/b/messages/" + to_string(event.id)), 404);
  expect_problem(get("/api/v1/rooms/a/messages/nonsense"), 404);
  expect_problem(get("/api/v1/rooms/api/messages/1-0"), 422);
}

TEST_F(Messages, RoomsComeInPages) {
  EXPECT_EQ(get("/api/v1/rooms").body(), R"({"rooms":[],"after":null})");
  port_.append("b \"q\"", "s", "t");
  port_.append("a", "s", "t");
  port_.append("a", "s", "t");
  const std::string a =
      R"({"room":"a","messages":2,"last":{"id":"1700000000000-2","time":"2023-11-14T22:13:20.000Z"}})";
  const std::string b =
      R"({"room":"b \"q\"","messages":1,"last":{"id":"1700000000000-0","time":"2023-11-14T22:13:20.000Z"}})";
  EXPECT_EQ(get("/api/v1/rooms").body(), R"({"rooms":[)" + a + "," + b + R"(],"after":null})");
  EXPECT_EQ(get("/api/v1/rooms?limit=1").body(), R"({"rooms":[)" + a + R"(],"after":"a"})");
  EXPECT_EQ(get("/api/v1/rooms?after=a&limit=1").body(), R"({"rooms":[)" + b + R"(],"after":null})");
  expect_problem(get("/api/v1/rooms?limit=0"), 422);
  expect_problem(get("/api/v1/rooms?limit=1001"), 422);
}

TEST_F(Messages, AFullQueueOfQuestionsIsOverload) {
  port_.queue_is_full = true;
  for (const auto* path : {"/api/v1/rooms", "/api/v1/rooms/a/messages", "/api/v1/rooms/a/messages/1-0"}) {
    const auto answer = get(path);
    expect_problem(answer, 503);
    EXPECT_EQ(answer.header("Retry-After"), "1");
  }
}

}  // namespace tinychat::api::messages_test
