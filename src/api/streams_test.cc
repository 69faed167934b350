// What opens a stream, in both dialects.
#include <string>
#include <vector>

#include "api/api_fixture.h"

namespace tinychat::api::streams_test {

using Streams = ApiFixture;

TEST_F(Streams, SubscribeMakesAStreamOfTheOldDialect) {
  const auto answer = get("/subscribe/caf%C3%A9/a%2Fb?name=mason&since=3-1");
  EXPECT_TRUE(answer.is_stream);
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(answer.header("Cache-Control"), "no-cache, no-store, no-transform");
  EXPECT_EQ(answer.header("X-Accel-Buffering"), "no");
  ASSERT_EQ(port_.attached.size(), 1U);
  const auto& stream = port_.attached[0];
  EXPECT_EQ(stream.dialect, room::Dialect::kLegacy);
  EXPECT_EQ(stream.rooms, std::vector<std::string>{"café/a/b"});
  EXPECT_EQ(stream.cursor, (EventId{3, 1}));
  EXPECT_EQ(stream.name, "mason");
  EXPECT_EQ(port_.heads, std::vector<std::string>{"the head"});

  (void)get("/subscribe/café");
  EXPECT_EQ(port_.attached.at(1).rooms, std::vector<std::string>{"café"});
  // Not a query, where a plus is a blank.
  (void)get("/subscribe/c++");
  EXPECT_EQ(port_.attached.at(2).rooms, std::vector<std::string>{"c++"});
}

TEST_F(Streams, EventsMakesAStreamOfManyRooms) {
  const auto answer = get("/api/v1/events?room=a&room=b%2Fc&room=a&x=y", {{"last-event-id", "nonsense"}});
  EXPECT_TRUE(answer.is_stream);
  ASSERT_EQ(port_.attached.size(), 1U);
  EXPECT_EQ(port_.attached[0].dialect, room::Dialect::kV1);
  EXPECT_EQ(port_.attached[0].rooms, (std::vector<std::string>{"a", "b/c"}));
  EXPECT_TRUE(port_.attached[0].cursor_is_nonsense);
}

TEST_F(Streams, HeadOfAStreamIsTheHeadAlone) {
  for (const auto* path : {"/subscribe/a", "/api/v1/events?room=a"}) {
    const auto stream = get(path);
    const auto head = send("HEAD", path);
    EXPECT_FALSE(head.is_stream);
    EXPECT_EQ(head.status(), 200);
    EXPECT_EQ(head.response.headers, stream.response.headers);
    EXPECT_EQ(head.body(), "");
  }
  EXPECT_EQ(port_.attached.size(), 2U);
}

TEST_F(Streams, StreamsThatCannotBeAreProblems) {
  for (const auto* path : {"/subscribe/", "/subscribe/api", "/subscribe/a/json", "/subscribe/a//b",
                           "/subscribe/a?name=a%0Ab", "/api/v1/events", "/api/v1/events?room="}) {
    expect_problem(get(path), 422);
    expect_problem(send("HEAD", path), 422);
  }
  EXPECT_TRUE(port_.attached.empty());
}

TEST_F(Streams, AStreamThatThereIsNoRoomForIsTurnedAwayWithTheSameHead) {
  port_.has_room = false;
  const auto answer = get("/subscribe/a");
  EXPECT_TRUE(answer.is_stream);
  EXPECT_EQ(answer.header("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(port_.turned_away, std::vector<std::string>{"the head"});
  EXPECT_TRUE(port_.attached.empty());
  // What can never work is told as such.
  expect_problem(get("/subscribe/api"), 422);
}

}  // namespace tinychat::api::streams_test
