// The rooms a user has opened.
#include <gtest/gtest.h>

#include <string>

#include "api/api_fixture.h"

namespace tinychat::api::my_rooms_test {

// Of a room without a title that is open to all who are in.
constexpr std::string_view kPlain = R"("title":null,"private":false,"direct":false,"locked":false)";

class MyRooms : public ApiFixture {
 protected:
  Answer put(std::string target, std::string json, const wire::Field& cookie) {
    return send("PUT", std::move(target), {cookie, {"content-type", "application/json"}}, std::move(json));
  }
  Answer read(const EventId& id) {
    return put("/api/v1/me/rooms/tea/read", R"({"id":")" + to_string(id) + R"("})", cookie_);
  }
  static std::string room(EventId read, int unread, int mentions, EventId last) {
    return R"({"room":"tea","read":")" + to_string(read) + R"(","unread":)" + std::to_string(unread) +
           R"(,"mentions":)" + std::to_string(mentions) + R"(,"notifications":"mentions","last":{"id":")" +
           to_string(last) + R"(","time":"2023-11-14T22:13:20.000Z"},"topic":"",)" + std::string(kPlain) +
           '}';
  }
  // The newest signal, which is for this user.
  std::string signal() {
    if (port_.signals.empty()) return "none";
    const auto& last = std::get<hub::UserSignal>(port_.signals.back());
    EXPECT_EQ(last.user, user_);
    return last.event + ' ' + last.json;
  }

  const wire::Field cookie_ = become("mason");
  const std::string user_ = text_in(get("/api/v1/me", {cookie_}), "id");
};

TEST_F(MyRooms, AreNobodysWithoutACookie) {
  expect_problem(get("/api/v1/me/rooms"), 401);
  expect_problem(send("PUT", "/api/v1/me/rooms/tea"), 401);
  expect_problem(send("PUT", "/api/v1/me/rooms/tea/read"), 401);
  expect_problem(send("DELETE", "/api/v1/me/rooms/tea"), 401);
}

TEST_F(MyRooms, CanBeReadUpToAMessageFromBeforeTheClockWasSetBack) {
  const auto last = port_.append("tea", "ada", "one").id;
  clock_.set_utc_milliseconds(last.milliseconds - 3'600'000);
  EXPECT_EQ(read(last).body(), room(last, 0, 0, last));
  expect_problem(read({last.milliseconds, last.sequence + 1}), 422);
}

TEST_F(MyRooms, AreReadUpToWhereTheyWereOpened) {
  EXPECT_EQ(get("/api/v1/me/rooms", {cookie_}).body(), R"({"rooms":[]})");
  port_.append("tea", "ada", "one");
  const auto second = port_.append("tea", "ada", "two").id;
  const auto opened = send("PUT", "/api/v1/me/rooms/tea", {cookie_});
  EXPECT_EQ(opened.status(), 200);
  EXPECT_EQ(opened.body(), room(second, 0, 0, second));
  EXPECT_EQ(signal(), "roomOpened " + std::string(opened.body()));
  const auto third = port_.append("tea", "ada", "three, @Mason").id;
  const auto fourth = port_.append("tea", "ada", "four").id;
  EXPECT_EQ(get("/api/v1/me/rooms", {cookie_}).body(), R"({"rooms":[)" + room(second, 2, 1, fourth) + "]}");
  // Opened again, nothing is read by it.
  EXPECT_EQ(send("PUT", "/api/v1/me/rooms/tea", {cookie_}).body(), room(second, 2, 1, fourth));
  EXPECT_EQ(read(third).body(), room(third, 1, 0, fourth));
  EXPECT_EQ(signal(), "readPosition " + room(third, 1, 0, fourth));
  // It does not go back.
  EXPECT_EQ(read(second).body(), room(third, 1, 0, fourth));
  EXPECT_EQ(read(fourth).body(), room(fourth, 0, 0, fourth));
}

TEST_F(MyRooms, OnesOwnMessagesAreNotUnread) {
  EXPECT_EQ(send("PUT", "/api/v1/me/rooms/tea", {cookie_}).status(), 200);
  EXPECT_EQ(post_json("/api/v1/rooms/tea/messages", R"({"text":"@mason"})", {cookie_}).status(), 201);
  EXPECT_EQ(post_json("/api/v1/rooms/tea/messages", R"({"text":"@mason","sender":"mason"})").status(), 201);
  EXPECT_TRUE(get("/api/v1/me/rooms", {cookie_}).body_has(R"("read":"0-0","unread":1,"mentions":1)"));
}

TEST_F(MyRooms, UnreadMessagesAreCountedOnlySoFar) {
  EXPECT_EQ(send("PUT", "/api/v1/me/rooms/tea", {cookie_}).status(), 200);
  for (int i = 0; i < 120; ++i) port_.append("tea", "ada", "hi");
  EXPECT_TRUE(get("/api/v1/me/rooms", {cookie_}).body_has(R"("unread":100,"mentions":0)"));
}

TEST_F(MyRooms, OfWhichNotificationsAreWanted) {
  const auto changed = put("/api/v1/me/rooms/a%2Fb", R"({"notifications":"nothing"})", cookie_);
  EXPECT_EQ(changed.body(), R"({"room":"a/b","read":"0-0","unread":0,"mentions":0,"notifications":"nothing",)"
                            R"("last":null,"topic":"",)" +
                                std::string(kPlain) + '}');
  EXPECT_EQ(put("/api/v1/me/rooms/a/b", "{}", cookie_).body(), changed.body());
  EXPECT_TRUE(put("/api/v1/me/rooms/a/b", R"({"notifications":"all"})", cookie_).body_has(R"("all")"));
  expect_problem(put("/api/v1/me/rooms/a", R"({"notifications":"some"})", cookie_), 422);
  expect_problem(put("/api/v1/me/rooms/a", R"({"notifications":1})", cookie_), 422);
  expect_problem(put("/api/v1/me/rooms/api", "{}", cookie_), 422);
  expect_problem(put("/api/v1/me/rooms/a", "[]", cookie_), 400);
}

TEST_F(MyRooms, RefuseWhatIsNoPosition) {
  for (const char* json : {"{}", R"({"id":"x"})", R"({"id":5})", R"({"id":"1700000061000-0"})"}) {
    expect_problem(put("/api/v1/me/rooms/tea/read", json, cookie_), 422);
  }
  EXPECT_EQ(get("/api/v1/me/rooms", {cookie_}).body(), R"({"rooms":[]})");
  EXPECT_EQ(put("/api/v1/me/rooms/tea/read", R"({"id":"1700000060000-0"})", cookie_).status(), 200);
}

TEST_F(MyRooms, AreLeft) {
  EXPECT_EQ(send("PUT", "/api/v1/me/rooms/tea", {cookie_}).status(), 200);
  EXPECT_EQ(send("DELETE", "/api/v1/me/rooms/tea", {cookie_}).status(), 204);
  EXPECT_EQ(signal(), R"(roomLeft {"room":"tea"})");
  const auto signals = port_.signals.size();
  EXPECT_EQ(send("DELETE", "/api/v1/me/rooms/tea", {cookie_}).status(), 204);
  EXPECT_EQ(port_.signals.size(), signals);
  EXPECT_EQ(get("/api/v1/me/rooms", {cookie_}).body(), R"({"rooms":[]})");
}

// --- Rooms as everybody sees them --------------------------------------------------------------

TEST_F(MyRooms, ARoomIsThereBeforeAnybodyWrites) {
  EXPECT_EQ(get("/api/v1/rooms/tea").body(),
            R"({"room":"tea","messages":0,"last":null,"topic":"",)" + std::string(kPlain) + '}');
  const auto id = port_.append("tea", "ada", "hi").id;
  EXPECT_EQ(get("/api/v1/rooms/tea").body(), R"({"room":"tea","messages":1,"last":{"id":")" + to_string(id) +
                                                 R"(","time":"2023-11-14T22:13:20.000Z"},"topic":"",)" +
                                                 std::string(kPlain) + '}');
  expect_problem(get("/api/v1/rooms/api"), 422);
}

TEST_F(MyRooms, ATopicIsSetAndTakenAway) {
  const auto post = [&](const char* text) {
    return post_json("/api/v1/rooms/tea/messages", R"({"text":")" + std::string(text) + R"("})", {cookie_});
  };
  const auto set = post("/topic  green tea\\n");
  EXPECT_EQ(set.status(), 201);
  EXPECT_TRUE(set.body_has(R"("text":"green tea",)")) << set.body();
  EXPECT_TRUE(set.body_has(R"("kind":"topic"})")) << set.body();
  EXPECT_TRUE(get("/api/v1/rooms/tea").body_has(R"("topic":"green tea")"));
  EXPECT_FALSE(post("/topics").body_has("kind"));
  EXPECT_TRUE(get("/api/v1/rooms/tea").body_has(R"("topic":"green tea")"));
  EXPECT_TRUE(post("/topic").body_has(R"("kind":"topic"})"));
  EXPECT_TRUE(get("/api/v1/rooms/tea").body_has(R"("topic":"")"));
  // The page of 2013 knows no commands.
  EXPECT_FALSE(post_form("/tea", "message=/topic x", {{"accept", "application/json"}}).body_has("kind"));
}

// --- Who is there ------------------------------------------------------------------------------

TEST_F(MyRooms, ShowWhoIsThere) {
  EXPECT_EQ(get("/api/v1/rooms/tea/presence").body(), R"({"room":"tea","count":0,"users":[]})");
  port_.presence.join("tea", {"", "bot"});
  port_.presence.join("tea", {"u1", "ada"});
  EXPECT_EQ(get("/api/v1/rooms/tea/presence").body(),
            R"({"room":"tea","count":2,"users":[{"id":"u1","name":"ada"},{"name":"bot"}]})");
  for (int i = 0; i < 199; ++i) port_.presence.join("tea", {"", std::to_string(i)});
  EXPECT_EQ(get("/api/v1/rooms/tea/presence").body(), R"({"room":"tea","count":201})");
  port_.queue_is_full = true;
  expect_problem(get("/api/v1/rooms/tea/presence"), 503);
  expect_problem(get("/api/v1/rooms/api/presence"), 422);
}

TEST_F(MyRooms, TellWhoIsWriting) {
  expect_problem(send("POST", "/api/v1/rooms/tea/typing"), 401);
  EXPECT_EQ(send("POST", "/api/v1/rooms/tea/typing", {cookie_}).status(), 204);
  const auto& typing = std::get<hub::TypingSignal>(port_.signals.back());
  EXPECT_EQ(typing.room, "tea");
  EXPECT_EQ(typing.user, (room::Person{user_, "mason"}));
  expect_problem(send("POST", "/api/v1/rooms/api/typing", {cookie_}), 422);
}

TEST_F(MyRooms, AStreamIsOfItsUserUnderTheirName) {
  EXPECT_TRUE(get("/api/v1/events?room=tea&name=ada", {cookie_}).is_stream);
  EXPECT_EQ(port_.attached.back().name, "mason");
  EXPECT_EQ(port_.attached.back().user, user_);
  EXPECT_TRUE(get("/subscribe/tea?name=ada", {cookie_}).is_stream);
  EXPECT_EQ(port_.attached.back().name, "ada");
  EXPECT_EQ(port_.attached.back().user, "");
}

TEST_F(MyRooms, ANewNameIsToldWhereTheUserIs) {
  const auto rename = [&](const char* json) {
    return send("PATCH", "/api/v1/me", {cookie_, {"content-type", "application/json"}}, json).status();
  };
  EXPECT_EQ(rename(R"({"name":"mason"})"), 200);
  EXPECT_TRUE(port_.signals.empty());
  EXPECT_EQ(rename(R"({"name":"grace"})"), 200);
  const auto& renamed = std::get<hub::RenamedSignal>(port_.signals.back());
  EXPECT_EQ(renamed.user, (room::Person{user_, "grace"}));
  EXPECT_EQ(renamed.previous, "mason");
}

}  // namespace tinychat::api::my_rooms_test
