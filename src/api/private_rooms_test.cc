// Private rooms, titles and locks, as requests meet them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/api_fixture.h"
#include "base/secret.h"
#include "room/room_name.h"

namespace tinychat::api::private_rooms_test {

class PrivateRooms : public ApiFixture {
 protected:
  void SetUp() override { settings_.door = room::Door::kClosed; }

  wire::Field token(const std::string& secret, std::vector<std::string> rooms) {
    EXPECT_TRUE(port_.people->passes().add_token(
        {.id = "id " + secret, .name = "of " + secret, .grant = {.scopes = 7, .rooms = std::move(rooms)}},
        token_hash(secret)));
    return {"authorization", "Bearer " + secret};
  }
  Answer ask(const std::string& method, const std::string& target, const wire::Field& who,
             const std::string& json = {}) {
    wire::Fields headers{who};
    if (!json.empty()) headers.push_back({"content-type", "application/json"});
    return send(method, target, headers, json);
  }
  std::string make(const wire::Field& who, const std::string& json) {
    const auto made = ask("POST", "/api/v1/rooms", who, json);
    EXPECT_EQ(made.status(), 201) << made.body();
    const auto name = text_in(made, "room");
    EXPECT_TRUE(room::is_private(name)) << name;
    return name;
  }
  static std::string at(const std::string& room, const std::string& more = {}) {
    return "/api/v1/rooms/" + room + more;
  }
  // What was told since the last time: `user event` or `in room event`.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const auto& signal : std::exchange(port_.signals, {})) {
      if (const auto* to_user = std::get_if<hub::UserSignal>(&signal)) {
        lines.push_back(to_user->user + ' ' + to_user->event);
        last_json_ = to_user->json;
      } else if (const auto* to_room = std::get_if<hub::RoomSignal>(&signal)) {
        lines.push_back("in " + to_room->room + ' ' + to_room->event);
        last_json_ = to_room->json;
      }
    }
    return lines;
  }

  // What was noted of owners, the newest first.
  std::vector<std::string> acts() {
    std::vector<std::string> lines;
    const auto page = port_.people->audit().page("", 100);
    EXPECT_TRUE(page);
    for (const auto& entry : page->entries)
      lines.push_back(entry.by + ' ' + entry.action + ' ' + entry.subject);
    return lines;
  }

  std::string last_json_;  // of what told() found
  const wire::Field ada_ = enter("ada");
  const wire::Field grace_ = enter("grace");
  const wire::Field eve_ = enter("eve", room::Role::kOwner);
};
using Lines = std::vector<std::string>;

TEST_F(PrivateRooms, AreMadeWithTheirMembersIn) {
  const auto made =
      ask("POST", "/api/v1/rooms", ada_, R"({"title":"Plans","members":["grace","ada","grace"]})");
  EXPECT_EQ(made.status(), 201);
  const auto room = text_in(made, "room");
  EXPECT_EQ(made.body(), R"({"room":")" + room +
                             R"(","read":"0-0","unread":0,"mentions":0,"notifications":"mentions",)"
                             R"("last":null,"topic":"","title":"Plans","private":true,"direct":false,)"
                             R"("locked":false})");
  EXPECT_EQ(told(), (Lines{"ada roomOpened", "grace roomOpened"}));
  EXPECT_EQ(last_json_, made.body());
  EXPECT_EQ(ask("GET", at(room, "/members"), grace_).body(),
            R"({"members":[{"id":"ada","name":"ada"},{"id":"grace","name":"grace"}],"host":"ada"})");
  EXPECT_TRUE(ask("GET", "/api/v1/me/rooms", grace_).body_has(R"("title":"Plans")"));
  EXPECT_EQ(ask("POST", at(room, "/messages"), grace_, R"({"text":"hi"})").status(), 201);
  EXPECT_TRUE(ask("GET", at(room, "/messages"), ada_).body_has(R"("text":"hi")"));
  EXPECT_TRUE(ask("GET", at(room), ada_)
                  .body_has(R"("topic":"","title":"Plans","private":true,"direct":false,"locked":false})"));
  EXPECT_TRUE(get("/api/v1/events?room=tea&room=" + room, {ada_}).is_stream);
  EXPECT_EQ(port_.attached.back().holder, "user:ada/s ada");
  EXPECT_TRUE(get("/subscribe/" + room, {grace_}).is_stream);
  EXPECT_EQ(post_form("/" + room, "message=hi", {grace_}).status(), 200);
  EXPECT_TRUE(make(ada_, "{}").starts_with('~')) << "without a title";
}

struct Probe {
  const char* method;
  const char* before;
  const char* after;
  const char* json = "";
};

constexpr Probe kProbes[] = {
    {"GET", "/subscribe/", ""},
    {"GET", "/api/v1/events?room=", ""},
    {"GET", "/api/v1/events?room=tea&room=", ""},
    {"GET", "/api/v1/rooms/", ""},
    {"HEAD", "/api/v1/rooms/", ""},
    {"PATCH", "/api/v1/rooms/", "", R"({"locked":true})"},
    {"GET", "/api/v1/rooms/", "/presence"},
    {"GET", "/api/v1/rooms/", "/members"},
    {"PUT", "/api/v1/rooms/", "/members/eve"},
    {"DELETE", "/api/v1/rooms/", "/members/eve"},
    {"DELETE", "/api/v1/rooms/", "/members/ada"},
    {"GET", "/api/v1/rooms/", "/messages"},
    {"GET", "/api/v1/rooms/", "/messages/1700000000000-0"},
    {"POST", "/api/v1/rooms/", "/messages", R"({"text":"hi"})"},
    {"POST", "/api/v1/rooms/", "/typing"},
    {"POST", "/", "", R"({"message":"hi"})"},
    {"PUT", "/api/v1/me/rooms/", "", "{}"},
    {"PUT", "/api/v1/me/rooms/", "/read", R"({"id":"5-0"})"},
    {"DELETE", "/api/v1/me/rooms/", ""},
};

TEST_F(PrivateRooms, AreNotThereForAnybodyElse) {
  const auto room = make(ada_, R"({"title":"Plans","members":["grace"]})");
  EXPECT_EQ(ask("POST", at(room, "/messages"), grace_, R"({"text":"unheard-of"})").status(), 201);
  const std::string none = room::private_name(random_key());
  const std::string percent = "%7E" + room.substr(1);
  const std::size_t published = port_.published.size();
  (void)told();
  for (const auto door : {room::Door::kOpen, room::Door::kClosed}) {
    settings_.door = door;
    const std::vector<std::pair<wire::Field, int>> callers = {
        {eve_, 404},
        {token(door == room::Door::kOpen ? "all" : "all too", {}), 404},
        {token(door == room::Door::kOpen ? "star" : "star too", {"*"}), 404},
        {{"authorization", "Bearer wrong"}, 401},
        {enter(door == room::Door::kOpen ? "gone" : "gone too", room::Role::kRemoved), 403},
        {{"x-nobody", "1"}, door == room::Door::kOpen ? 404 : 401},
    };
    for (const auto& [who, status] : callers) {
      for (const auto& probe : kProbes) {
        const auto about = [&](const std::string& name) {
          return ask(probe.method, probe.before + name + probe.after, who, probe.json);
        };
        const std::string what = who.value + ": " + probe.method + ' ' + probe.before + "…" + probe.after;
        const auto answer = about(room);
        const bool is_for_users = answer.status() != status;
        // What takes a user is refused to programs and to nobody before it is looked at which room it is.
        if (is_for_users) {
          EXPECT_TRUE(answer.status() == 401 || answer.status() == 403) << what << answer.body();
        }
        EXPECT_FALSE(answer.is_stream) << what;
        for (const auto& name : {none, percent}) {
          EXPECT_EQ(about(name).status(), answer.status()) << what;
          EXPECT_EQ(about(name).body(), answer.body()) << what;
          EXPECT_EQ(about(name).response.headers, answer.response.headers) << what;
        }
      }
    }
  }
  EXPECT_EQ(port_.published.size(), published);
  EXPECT_EQ(told(), Lines{});
  EXPECT_TRUE(port_.attached.empty());
  EXPECT_EQ(ask("GET", at(room, "/members"), ada_).body(),
            R"({"members":[{"id":"ada","name":"ada"},{"id":"grace","name":"grace"}],"host":"ada"})");
  EXPECT_FALSE(ask("GET", at(room), ada_).body_has(R"("locked":true)"));
}

TEST_F(PrivateRooms, AreInNoList) {
  const auto room = make(ada_, R"({"title":"Plans"})");
  for (const auto& name :
       {std::string("tea"), room, std::string("~tilde"), std::string("\xc3\xa9t\xc3\xa9")}) {
    port_.append(name, "mason", "hi");
  }
  const auto all = ask("GET", "/api/v1/rooms", ada_);
  EXPECT_FALSE(all.body_has(room)) << all.body();
  for (const char* shown : {"tea", "~tilde", "\xc3\xa9t\xc3\xa9"}) EXPECT_TRUE(all.body_has(shown));
  std::string after;
  for (const char* expected : {"tea", "~tilde", "\xc3\xa9t\xc3\xa9"}) {
    const auto page = ask("GET", "/api/v1/rooms?limit=1&after=" + after, ada_);
    EXPECT_EQ(text_in(page, "room"), expected);
    EXPECT_FALSE(page.body_has(room));
    after = text_in(page, "after");
  }
  EXPECT_EQ(after, "");
}

TEST_F(PrivateRooms, AreToldToProgramsThatAreMadeForThem) {
  const auto room = make(ada_, R"({"title":"Plans"})");
  for (const auto& who : {token("any", {"~*"}), token("one", {room})}) {
    EXPECT_EQ(post_form("/" + room, "message=hi", {who}).status(), 200);
    EXPECT_TRUE(get("/subscribe/" + room, {who}).is_stream);
    expect_problem(post_form("/" + room::private_name(random_key()), "message=hi", {who}), 404);
    expect_problem(post_form("/tea", "message=hi", {who}), 403);
    expect_problem(ask("PUT", at(room, "/members/eve"), who), 403);
    settings_.door = room::Door::kOpen;
    EXPECT_EQ(post_form("/" + room, "message=hi", {who}).status(), 200);
    settings_.door = room::Door::kClosed;
  }
}

TEST_F(PrivateRooms, MembersComeAndGo) {
  const auto room = make(ada_, R"({"title":"Plans","members":["grace"]})");
  port_.append(room, "ada", "before they came");
  (void)told();
  (void)enter("mason");
  EXPECT_EQ(ask("PUT", at(room, "/members/mason"), grace_).status(), 204);
  EXPECT_EQ(told(), Lines{"mason roomOpened"});
  EXPECT_TRUE(last_json_.contains(R"("unread":0)")) << last_json_;
  EXPECT_TRUE(last_json_.contains(R"("title":"Plans","private":true)")) << last_json_;
  EXPECT_EQ(ask("PUT", at(room, "/members/mason"), ada_).status(), 204);
  EXPECT_EQ(told(), Lines{}) << "they were in";
  expect_problem(ask("PUT", at(room, "/members/nobody"), ada_), 422);
  (void)enter("gone", room::Role::kRemoved);
  expect_problem(ask("PUT", at(room, "/members/gone"), ada_), 422);
  expect_problem(ask("PUT", "/api/v1/rooms/tea/members/mason", ada_), 404);
  expect_problem(ask("GET", "/api/v1/rooms/tea/members", ada_), 404);

  expect_problem(ask("DELETE", at(room, "/members/mason"), grace_), 403);
  const auto place = port_.people->passes().revoked_after("")->place;
  EXPECT_EQ(ask("DELETE", at(room, "/members/mason"), ada_).status(), 204);
  EXPECT_EQ(told(), Lines{"mason roomLeft"});
  EXPECT_EQ(last_json_, R"({"room":")" + room + R"("})");
  EXPECT_EQ(port_.people->passes().revoked_after(place)->holders, Lines{"user:mason " + room});
  EXPECT_EQ(port_.people->memberships("mason")->size(), 0U);
  EXPECT_EQ(ask("DELETE", at(room, "/members/mason"), ada_).status(), 204);
  EXPECT_EQ(told(), Lines{});
  // The host goes; also by closing it, for there is no other way back.
  EXPECT_EQ(ask("DELETE", "/api/v1/me/rooms/" + room, ada_).status(), 204);
  EXPECT_EQ(told(), Lines{"ada roomLeft"});
  expect_problem(ask("GET", at(room), ada_), 404);
  EXPECT_TRUE(ask("GET", at(room, "/members"), grace_).body_has(R"("host":"grace")"));
  EXPECT_EQ(ask("DELETE", at(room, "/members/grace"), grace_).status(), 204);
  expect_problem(ask("GET", at(room), grace_), 404);
  expect_problem(ask("PUT", at(room, "/members/ada"), grace_), 404);
}

TEST_F(PrivateRooms, OfTwoThereIsOne) {
  const auto made = ask("POST", "/api/v1/rooms", ada_, R"({"direct":"grace"})");
  EXPECT_EQ(made.status(), 201) << made.body();
  EXPECT_TRUE(made.body_has(R"("notifications":"all")")) << made.body();
  EXPECT_TRUE(made.body_has(R"("title":"grace","private":true,"direct":true,"locked":false})"));
  EXPECT_EQ(told(), (Lines{"ada roomOpened", "grace roomOpened"}));
  EXPECT_TRUE(last_json_.contains(R"("title":"ada","private":true,"direct":true)")) << last_json_;
  const auto room = text_in(made, "room");
  const auto again = ask("POST", "/api/v1/rooms", grace_, R"({"direct":"ada"})");
  EXPECT_EQ(again.status(), 200);
  EXPECT_EQ(text_in(again, "room"), room);
  EXPECT_EQ(text_in(again, "title"), "ada");
  EXPECT_EQ(told(), Lines{});
  EXPECT_TRUE(ask("GET", at(room, "/members"), ada_).body_has(R"("host":null)"));
  expect_problem(ask("PUT", at(room, "/members/eve"), ada_), 422);
  expect_problem(ask("DELETE", at(room, "/members/ada"), ada_), 422);
  expect_problem(ask("DELETE", at(room, "/members/grace"), ada_), 403);
  expect_problem(ask("DELETE", "/api/v1/me/rooms/" + room, ada_), 422);
  expect_problem(ask("PATCH", at(room), ada_, R"({"title":"x"})"), 403);
  expect_problem(ask("POST", "/api/v1/rooms", ada_, R"({"direct":"ada"})"), 422);
  expect_problem(ask("POST", "/api/v1/rooms", ada_, R"({"direct":"nobody"})"), 422);
  expect_problem(ask("POST", "/api/v1/rooms", ada_, R"({"direct":""})"), 422);
}

TEST_F(PrivateRooms, AreMadeOfWhatMakesSense) {
  for (const char* json :
       {R"({"title":""})", R"({"title":5})", R"({"title":"a\nb"})", R"({"members":"grace"})",
        R"({"members":[5]})", R"({"members":["nobody"]})", R"({"direct":["grace"]})",
        R"({"direct":"grace","title":"x"})", R"({"direct":"grace","members":[]})"}) {
    expect_problem(ask("POST", "/api/v1/rooms", ada_, json), 422);
  }
  expect_problem(ask("POST", "/api/v1/rooms", ada_, R"({"title":")" + std::string(129, 'x') + R"("})"), 422);
  expect_problem(ask("POST", "/api/v1/rooms", ada_, "{"), 400);
  expect_problem(post_json("/api/v1/rooms", "{}"), 401);
  EXPECT_EQ(port_.people->memberships("ada")->size(), 0U);
  EXPECT_EQ(told(), Lines{});
}

TEST_F(PrivateRooms, AreMadeWholeOrNotAtAll) {
  for (std::size_t i = 0; i < limits::kMembershipsMax; ++i) {
    ASSERT_TRUE(port_.people->change("grace", {.room = std::to_string(i)}));
  }
  for (const char* json : {R"({"members":["grace"]})", R"({"direct":"grace"})"}) {
    const auto answer = ask("POST", "/api/v1/rooms", ada_, json);
    expect_problem(answer, 422);
    EXPECT_TRUE(answer.body_has("One of them")) << answer.body();
  }
  EXPECT_EQ(port_.people->memberships("ada")->size(), 0U);
  expect_problem(ask("POST", "/api/v1/rooms", grace_, "{}"), 422);
  const auto room = make(ada_, "{}");
  expect_problem(ask("PUT", at(room, "/members/grace"), ada_), 422);
  expect_problem(ask("GET", at(room), grace_), 404);
}

TEST_F(PrivateRooms, AreOfUsersOnAnOpenDoorToo) {
  settings_.door = room::Door::kOpen;
  const auto guest = become("mason");
  const auto room = make(guest, R"({"title":"Plans","members":["ada"]})");
  EXPECT_EQ(ask("POST", at(room, "/messages"), ada_, R"({"text":"hi"})").status(), 201);
  EXPECT_TRUE(get("/api/v1/events?room=" + room, {guest}).is_stream);
  expect_problem(get("/api/v1/events?room=" + room), 404);
  expect_problem(get("/api/v1/events?room=" + room, {{"cookie", "tinychat=wrong"}}), 404);
  port_.people_queue_is_full = true;
  expect_problem(get("/api/v1/events?room=" + room, {guest}), 503);
  EXPECT_TRUE(get("/api/v1/events?room=tea", {guest}).is_stream) << "nobody has to be known for that";
}

// --- Titles and locks --------------------------------------------------------------------------

TEST_F(PrivateRooms, AnyRoomHasATitleFromItsOwner) {
  port_.append("tea", "mason", "hi");
  const auto changed = ask("PATCH", at("tea"), eve_, R"({"title":"Tea & more"})");
  EXPECT_EQ(changed.status(), 200);
  EXPECT_TRUE(changed.body_has(R"({"room":"tea","messages":1,"last":{"id":")")) << changed.body();
  EXPECT_TRUE(
      changed.body_has(R"("topic":"","title":"Tea & more","private":false,"direct":false,"locked":false})"));
  EXPECT_EQ(told(), Lines{"in tea roomChanged"});
  EXPECT_EQ(last_json_, changed.body());
  EXPECT_EQ(ask("GET", at("tea"), ada_).body(), changed.body());
  EXPECT_TRUE(ask("PUT", "/api/v1/me/rooms/tea", ada_, "{}").body_has(R"("title":"Tea & more")"));
  EXPECT_TRUE(ask("PATCH", at("tea"), eve_, R"({"title":null})").body_has(R"("title":null)"));
  expect_problem(ask("PATCH", at("tea"), ada_, R"({"title":"x"})"), 403);
  EXPECT_EQ(acts(), (Lines{"eve room.renamed tea", "eve room.renamed tea"}));
  for (const char* json : {"{}", R"({"title":""})", R"({"locked":"yes"})", R"({"locked":null})"}) {
    expect_problem(ask("PATCH", at("tea"), eve_, json), 422);
  }
}

TEST_F(PrivateRooms, InALockedRoomOnlyOwnersWrite) {
  const auto place = port_.people->passes().revoked_after("")->place;
  EXPECT_TRUE(ask("PATCH", at("tea"), eve_, R"({"locked":true})").body_has(R"("locked":true)"));
  EXPECT_EQ(port_.people->passes().revoked_after(place)->holders, Lines{"rules"});
  EXPECT_EQ(acts(), Lines{"eve room.locked tea"});
  port_.locked_rooms.insert("tea");
  for (const auto door : {room::Door::kOpen, room::Door::kClosed}) {
    settings_.door = door;
    const auto refused = ask("POST", at("tea", "/messages"), ada_, R"({"text":"hi"})");
    expect_problem(refused, 403);
    EXPECT_TRUE(refused.body_has("This room is locked; ")) << refused.body();
    expect_problem(ask("POST", at("tea", "/messages"), ada_, R"({"text":"/topic x"})"), 403);
    expect_problem(post_form("/tea", "message=hi", {ada_}), 403);
    expect_problem(post_form("/tea", "message=hi"), door == room::Door::kOpen ? 403 : 401);
    EXPECT_EQ(ask("POST", at("tea", "/messages"), eve_, R"({"text":"hi"})").status(), 201);
    EXPECT_EQ(post_form("/tea", "message=hi", {eve_}).status(), 200);
    EXPECT_TRUE(ask("GET", at("tea", "/messages"), ada_).body_has("hi")) << "all may read";
    // What the shard knows is of a moment ago: nobody is refused by it who may by now.
    EXPECT_EQ(ask("PATCH", at("tea"), eve_, R"({"locked":false})").status(), 200);
    EXPECT_EQ(ask("POST", at("tea", "/messages"), ada_, R"({"text":"hi"})").status(), 201);
    EXPECT_EQ(ask("PATCH", at("tea"), eve_, R"({"locked":true})").status(), 200);
  }
}

TEST_F(PrivateRooms, OfAPrivateRoomTheHostLocksAndRenames) {
  const auto room = make(ada_, R"({"title":"Plans","members":["grace","eve"]})");
  (void)told();
  const auto place = port_.people->passes().revoked_after("")->place;
  EXPECT_TRUE(ask("PATCH", at(room), ada_, R"({"title":"More plans","locked":true})")
                  .body_has(R"("title":"More plans","private":true,"direct":false,"locked":true})"));
  EXPECT_EQ(told(), Lines{"in " + room + " roomChanged"});
  EXPECT_EQ(port_.people->passes().revoked_after(place)->holders, Lines{})
      << "nothing is said of it elsewhere";
  EXPECT_EQ(acts(), Lines{});
  for (const auto& who : {grace_, eve_}) {
    expect_problem(ask("PATCH", at(room), who, R"({"locked":false})"), 403);
    expect_problem(ask("POST", at(room, "/messages"), who, R"({"text":"hi"})"), 403);
    expect_problem(post_form("/" + room, "message=hi", {who}), 403);
  }
  EXPECT_EQ(ask("POST", at(room, "/messages"), ada_, R"({"text":"hi"})").status(), 201);
  EXPECT_EQ(ask("PATCH", at(room), ada_, R"({"locked":false})").status(), 200);
  EXPECT_EQ(ask("POST", at(room, "/messages"), grace_, R"({"text":"hi"})").status(), 201);
}

}  // namespace tinychat::api::private_rooms_test
