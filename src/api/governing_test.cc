// What owners do over HTTP: people, links, tokens, and the log of it.
#include <gtest/gtest.h>

#include <string>

#include "api/api_fixture.h"
#include "base/secret.h"
#include "room/room_name.h"

namespace tinychat::api::governing_test {

class Governing : public ApiFixture {
 protected:
  void SetUp() override {
    settings_.door = room::Door::kClosed;
    owner_ = enter("olga", room::Role::kOwner);
    member_ = enter("mia", room::Role::kMember);
  }

  Answer patch(std::string target, std::string json, wire::Field who) {
    return send("PATCH", std::move(target), {std::move(who), {"content-type", "application/json"}},
                std::move(json));
  }
  Answer post(std::string target, std::string json) {
    return post_json(std::move(target), std::move(json), {owner_});
  }
  // Without their times, as `action by subject subjectId`.
  std::string noted() {
    std::string text;
    const auto page = port_.people->audit().page("", 100);
    for (const auto& entry : page->entries) {
      EXPECT_EQ(entry.time_milliseconds, clock_.utc_milliseconds());
      text += entry.action + ' ' + entry.by + ' ' + entry.subject + ' ' + entry.subject_id + ';';
    }
    return text;
  }
  std::vector<std::string> revoked() { return port_.people->passes().revoked_after("0")->holders; }

  wire::Field owner_;
  wire::Field member_;
};

TEST_F(Governing, IsForOwners) {
  for (const char* target : {"/api/v1/links", "/api/v1/tokens", "/api/v1/audit", "/api/v1/blocks"}) {
    expect_problem(get(target, {member_}), 403);
    expect_problem(get(target), 401);
    EXPECT_EQ(get(target, {owner_}).status(), 200) << target;
  }
  expect_problem(post_json("/api/v1/tokens", R"({"name":"ci","can":["read"]})", {member_}), 403);
  expect_problem(post_json("/api/v1/links", R"({"role":"owner"})", {member_}), 403);
  expect_problem(patch("/api/v1/people/mia", R"({"role":"owner"})", member_), 403);
  EXPECT_EQ(port_.people->passes().tokens()->size(), 0U);
  EXPECT_EQ(port_.people->passes().find_link(room::Role::kOwner), std::nullopt);
  EXPECT_EQ(port_.people->visit(token_hash("mia"), 1)->value().user.role, room::Role::kMember);
  EXPECT_EQ(noted(), "");
}

// Also where the door is open, an owner is one.
TEST_F(Governing, IsForOwnersWhereTheDoorIsOpen) {
  settings_.door = room::Door::kOpen;
  const auto guest = become("guy");
  for (const char* target : {"/api/v1/links", "/api/v1/tokens", "/api/v1/audit", "/api/v1/people"}) {
    expect_problem(get(target, {guest}), 403);
    expect_problem(get(target), 401);
    EXPECT_EQ(get(target, {owner_}).status(), 200) << target;
  }
}

TEST_F(Governing, IsNotDoneByPagesOfOthers) {
  const wire::Field cross{"sec-fetch-site", "cross-site"};
  expect_problem(post_json("/api/v1/tokens", R"({"name":"ci","can":["read"]})", {owner_, cross}), 403);
  EXPECT_EQ(port_.people->passes().tokens()->size(), 0U);
}

TEST_F(Governing, EverybodyLearnsWhatTheyAre) {
  EXPECT_EQ(
      get("/api/v1/me", {owner_}).body(),
      R"({"id":"olga","name":"olga","created":"2023-11-14T22:13:20.000Z","role":"owner","door":"closed"})");
  EXPECT_EQ(text_in(get("/api/v1/me", {member_}), "role"), "member");
  settings_.door = room::Door::kOpen;
  const auto guest = get("/api/v1/me", {become("guy")});
  EXPECT_EQ(text_in(guest, "role"), "guest");
  EXPECT_EQ(text_in(guest, "door"), "open");
}

// --- People ------------------------------------------------------------------------------------

TEST_F(Governing, MembersSeeWhoIsIn) {
  enter("rolf", room::Role::kRemoved);
  enter("guy", room::Role::kGuest);
  const std::string rest = R"("created":"2023-11-14T22:13:20.000Z"})";
  const std::string both = R"({"people":[{"id":"mia","name":"mia","role":"member",)" + rest +
                           R"(,{"id":"olga","name":"olga","role":"owner",)" + rest;
  EXPECT_EQ(get("/api/v1/people", {member_}).body(), both + "]}");
  EXPECT_EQ(get("/api/v1/people", {owner_}).body(),
            both + R"(,{"id":"rolf","name":"rolf","role":"removed",)" + rest + "]}");
}

TEST_F(Governing, AnOwnerRemovesSomebodyAndLetsThemInAgain) {
  const auto removed = patch("/api/v1/people/mia", R"({"role":"removed"})", owner_);
  EXPECT_EQ(removed.status(), 200);
  EXPECT_EQ(text_in(removed, "role"), "removed");
  expect_problem(get("/api/v1/me", {member_}), 403);
  EXPECT_EQ(revoked(), std::vector<std::string>{"user:mia"});
  EXPECT_EQ(patch("/api/v1/people/mia", R"({"role":"member"})", owner_).status(), 200);
  EXPECT_EQ(get("/api/v1/me", {member_}).status(), 200);
  EXPECT_EQ(patch("/api/v1/people/mia", R"({"role":"owner"})", owner_).status(), 200);
  EXPECT_EQ(get("/api/v1/audit", {member_}).status(), 200);
  EXPECT_EQ(revoked().size(), 1U);
  EXPECT_EQ(noted(), "person.owner olga mia mia;person.member olga mia mia;person.removed olga mia mia;");
}

TEST_F(Governing, TheLastOwnerStays) {
  for (const char* role : {"removed", "member"}) {
    const auto answer = patch("/api/v1/people/olga", R"({"role":")" + std::string(role) + "\"}", owner_);
    expect_problem(answer, 422);
    EXPECT_TRUE(answer.body_has("only owner"));
  }
  EXPECT_EQ(revoked(), std::vector<std::string>{});
  EXPECT_EQ(noted(), "");
}

TEST_F(Governing, RefusesWhatIsNoRole) {
  for (const char* body : {"{}", "", R"({"role":"guest"})", R"({"role":"king"})", R"({"role":3})"}) {
    expect_problem(patch("/api/v1/people/mia", body, owner_), 422);
  }
  expect_problem(patch("/api/v1/people/nobody", R"({"role":"member"})", owner_), 404);
  EXPECT_EQ(noted(), "");
}

// --- Links -------------------------------------------------------------------------------------

TEST_F(Governing, TheJoinLinkIsShownAgainAndReplaced) {
  EXPECT_EQ(get("/api/v1/links", {owner_}).body(), R"({"member":null})");
  const auto made = post("/api/v1/links", R"({"role":"member","expiresInDays":0.5,"uses":2})");
  EXPECT_EQ(made.status(), 201);
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  const auto path = text_in(made, "path");
  EXPECT_EQ(path.size(), std::string("/join/").size() + kTokenCharacters);
  EXPECT_EQ(made.body(), R"({"role":"member","path":")" + path +
                             R"(","expires":"2023-11-15T10:13:20.000Z","usesLeft":2})");
  EXPECT_EQ(get("/api/v1/links", {owner_}).body(), R"({"member":)" + std::string(made.body()) + '}');
  EXPECT_EQ(send("POST", path).status(), 303);
  EXPECT_TRUE(get("/api/v1/links", {owner_}).body_has(R"("usesLeft":1)"));
  EXPECT_EQ(send("POST", path).status(), 303);
  EXPECT_EQ(get("/api/v1/links", {owner_}).body(), R"({"member":null})") << "it lets nobody in";
  const auto next = post("/api/v1/links", R"({"role":"member"})");
  EXPECT_TRUE(next.body_has(R"(","expires":null,"usesLeft":null})")) << next.body();
  EXPECT_NE(text_in(next, "path"), path);
  EXPECT_EQ(noted(), "link.made olga member ;link.made olga member ;");
}

TEST_F(Governing, AnOwnerLinkIsShownOnce) {
  const auto made = post("/api/v1/links", R"({"role":"owner"})");
  EXPECT_TRUE(made.body_has(R"("expires":null,"usesLeft":1)"));
  const auto path = text_in(made, "path");
  EXPECT_FALSE(get("/api/v1/links", {owner_}).body_has(path));
  EXPECT_EQ(send("POST", path, {member_}).status(), 303);
  EXPECT_EQ(text_in(get("/api/v1/me", {member_}), "role"), "owner");
  EXPECT_EQ(send("POST", path).status(), 404);
  EXPECT_EQ(noted(), "person.owner mia mia mia;link.made olga owner ;");
}

// The link that they made, or may know, goes with them.
TEST_F(Governing, WhoIsNoOwnerAnyMoreBringsInNone) {
  ASSERT_TRUE(port_.people->set_role("mia", room::Role::kOwner));
  const auto made = send("POST", "/api/v1/links", {member_, {"content-type", "application/json"}},
                         R"({"role":"owner","uses":5})");
  const auto path = text_in(made, "path");
  EXPECT_EQ(patch("/api/v1/people/mia", R"({"role":"member"})", owner_).status(), 200);
  EXPECT_EQ(send("POST", path).status(), 404);
  EXPECT_EQ(port_.people->set_role("mia", room::Role::kMember)->value().role, room::Role::kMember);
}

TEST_F(Governing, ATokenIsMadeForAPrivateRoomByAMemberAlone) {
  const std::string theirs = room::private_name("0123456789abcdefghijkl");
  const std::string mine = room::private_name("lkjihgfedcba9876543210");
  ASSERT_TRUE(port_.people->rooms().make(theirs, "Theirs", std::vector<std::string>{"mia"}));
  ASSERT_TRUE(port_.people->rooms().make(mine, "Mine", std::vector<std::string>{"olga"}));
  const auto ask = [&](const std::string& rule) {
    return post("/api/v1/tokens",
                R"({"name":"spy)" + rule.substr(1, 3) + R"(","can":["read"],"rooms":[")" + rule + R"("]})");
  };
  for (const auto& rule : {theirs, std::string("~*"), theirs.substr(0, 5) + "*"}) {
    expect_problem(ask(rule), 422);
  }
  EXPECT_EQ(ask(mine).status(), 201);
}

TEST_F(Governing, RefusesWhatIsNoLink) {
  for (const char* body :
       {"{}", R"({"role":"guest"})", R"({"role":"removed"})", R"({"role":"member","uses":0})",
        R"({"role":"member","uses":1.5})", R"({"role":"member","uses":"2"})",
        R"({"role":"member","uses":1e9})", R"({"role":"member","expiresInDays":0})",
        R"({"role":"member","expiresInDays":-1})", R"({"role":"member","expiresInDays":1e300})",
        R"({"role":"member","expiresInDays":null})"}) {
    expect_problem(post("/api/v1/links", body), 422);
  }
  EXPECT_EQ(port_.people->passes().find_link(room::Role::kMember), std::nullopt);
}

// --- Tokens ------------------------------------------------------------------------------------

TEST_F(Governing, ATokenIsShownOnceAndRevoked) {
  EXPECT_EQ(get("/api/v1/tokens", {owner_}).body(), R"({"tokens":[]})");
  const auto made =
      post("/api/v1/tokens",
           R"({"name":"ci","can":["read","publish"],"rooms":["tea","team/*"],"expiresInDays":1})");
  EXPECT_EQ(made.status(), 201) << made.body();
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  const auto id = text_in(made, "id");
  const auto secret = text_in(made, "token");
  const std::string shown = R"({"id":")" + id +
                            R"(","name":"ci","can":["publish","read"],"rooms":["tea","team/*"],)"
                            R"("created":"2023-11-14T22:13:20.000Z","expires":"2023-11-15T22:13:20.000Z",)"
                            R"("used":)";
  EXPECT_EQ(made.body(), shown + R"(null,"token":")" + secret + "\"}");
  EXPECT_EQ(get("/api/v1/tokens", {owner_}).body(), R"({"tokens":[)" + shown + "null}]}");
  const wire::Field bearer{"authorization", "Bearer " + secret};
  EXPECT_EQ(post_form("/tea", "message=hi", {bearer}).status(), 200);
  EXPECT_EQ(get("/api/v1/tokens", {owner_}).body(),
            R"({"tokens":[)" + shown + R"("2023-11-14T22:13:20.000Z"}]})");
  EXPECT_EQ(send("DELETE", "/api/v1/tokens/" + id, {owner_}).status(), 204);
  expect_problem(send("DELETE", "/api/v1/tokens/" + id, {owner_}), 404);
  expect_problem(post_form("/tea", "message=hi", {bearer}), 401);
  EXPECT_EQ(revoked(), std::vector<std::string>{"token:" + id});
  EXPECT_EQ(noted(), "token.revoked olga ci " + id + ";token.made olga ci " + id + ';');
}

TEST_F(Governing, RefusesWhatIsNoToken) {
  for (const char* body :
       {"{}", R"({"name":"ci"})", R"({"name":"ci","can":[]})", R"({"name":"ci","can":["govern"]})",
        R"({"can":["read"]})", R"({"name":"","can":["read"]})", R"({"name":"a\nb","can":["read"]})",
        R"({"name":"ci","can":"read"})", R"({"name":"ci","can":["read"],"rooms":["a**"]})",
        R"({"name":"ci","can":["read"],"rooms":[""]})",
        R"({"name":"ci","can":["read"],"expiresInDays":4000})"}) {
    expect_problem(post("/api/v1/tokens", body), 422);
  }
  const auto detail = [&](const char* body) { return text_in(post("/api/v1/tokens", body), "detail"); };
  EXPECT_TRUE(detail(R"({"name":"ci"})").starts_with("`can`: A token can publish"));
  EXPECT_TRUE(detail(R"({"name":"ci","can":["read"],"rooms":["tea","a**"]})").starts_with("`rooms`: "));
  EXPECT_TRUE(
      detail(R"({"name":"ci","can":["read"],"expiresInDays":4000})")
          .starts_with("`expiresInDays`: Links and tokens are good for more than 0 and at most 3650 days"));
  EXPECT_EQ(post("/api/v1/tokens", R"({"name":"ci","can":["read"]})").status(), 201);
  expect_problem(post("/api/v1/tokens", R"({"name":"ci","can":["read"]})"), 422);
  EXPECT_EQ(port_.people->passes().tokens()->size(), 1U);
}

// --- Addresses ---------------------------------------------------------------------------------

TEST_F(Governing, AnAddressIsBlockedAndNoLonger) {
  EXPECT_EQ(get("/api/v1/blocks", {owner_}).body(), R"({"blocks":[]})");
  const auto made = post("/api/v1/blocks", R"({"address":"203.0.113.7"})");
  EXPECT_EQ(made.status(), 201) << made.body();
  const auto id = text_in(made, "id");
  EXPECT_EQ(made.body(),
            R"({"id":")" + id + R"(","address":"203.0.113.7","created":"2023-11-14T22:13:20.000Z"})");
  EXPECT_EQ(get("/api/v1/blocks", {owner_}).body(), R"({"blocks":[)" + std::string(made.body()) + "]}");
  EXPECT_EQ(text_in(post("/api/v1/blocks", R"({"address":"2001:db8::7"})"), "address"), "2001:db8::/64");
  expect_problem(post("/api/v1/blocks", R"({"address":"2001:db8::8"})"), 422);
  EXPECT_EQ(send("DELETE", "/api/v1/blocks/" + id, {owner_}).status(), 204);
  expect_problem(send("DELETE", "/api/v1/blocks/" + id, {owner_}), 404);
  EXPECT_EQ(revoked(), (std::vector<std::string>{"rules", "rules", "rules"}));
  EXPECT_TRUE(noted().starts_with("address.unblocked olga 203.0.113.7 " + id + ';')) << noted();
}

TEST_F(Governing, NobodyBlocksThemselves) {
  settings_.trusted_proxies = {*wire::parse_subnet("::1")};
  const wire::Field from{"x-forwarded-for", "203.0.113.7"};
  for (const char* address : {"203.0.113.7", "203.0.113.0/24", "127.0.0.1", "::1", "::/0", "x", ""}) {
    const auto body = R"({"address":")" + std::string(address) + "\"}";
    expect_problem(post_json("/api/v1/blocks", body, {owner_, from}), 422);
  }
  expect_problem(post("/api/v1/blocks", "{}"), 422);
  EXPECT_EQ(post_json("/api/v1/blocks", R"({"address":"203.0.113.8"})", {owner_, from}).status(), 201);
  EXPECT_EQ(port_.people->blocks().all()->size(), 1U);
}

TEST_F(Governing, WhoeverIsBlockedGetsNothing) {
  settings_.trusted_proxies = {*wire::parse_subnet("::1")};
  const std::vector blocked{*wire::parse_subnet("203.0.113.0/24")};
  port_.blocked = wire::HostSet(blocked);
  const wire::Field from{"x-forwarded-for", "203.0.113.7"};
  for (const char* target : {"/", "/r/tea", "/join/x", "/api/v1/me", "/nothing/there", "/openapi.yaml",
                             "/subscribe/tea", "/api/v1/events?room=tea", "/api/v1/rooms"}) {
    const auto refused = get(target, {owner_, from});
    expect_problem(refused, 403);
    EXPECT_FALSE(refused.is_stream);
    expect_problem(send("OPTIONS", target, {from}), 403);
    EXPECT_NE(get(target, {owner_, {"x-forwarded-for", "203.0.114.7"}}).status(), 403) << target;
  }
  expect_problem(send("OPTIONS", "*", {from}), 403);
  expect_problem(post_form("/tea", "message=hi", {owner_, from}), 403);
  EXPECT_TRUE(port_.published.empty());
  for (const char* target : {"/healthz", "/readyz"}) EXPECT_EQ(get(target, {from}).status(), 200);
}

// --- The log -----------------------------------------------------------------------------------

TEST_F(Governing, WhatWasDoneIsReadPageByPage) {
  post("/api/v1/links", R"({"role":"member"})");
  ASSERT_TRUE(port_.people->audit().add({.time_milliseconds = clock_.utc_milliseconds(),
                                         .by = "",
                                         .by_name = "",
                                         .action = "token.made",
                                         .subject = "\"ci\"",
                                         .subject_id = "t1"}));
  const auto first = get("/api/v1/audit?limit=1", {owner_});
  const auto before = text_in(first, "before");
  EXPECT_EQ(first.body(), R"({"entries":[{"time":"2023-11-14T22:13:20.000Z","by":null,"action":"token.made",)"
                          R"("subject":"\"ci\"","subjectId":"t1"}],"before":")" +
                              before + "\"}");
  EXPECT_EQ(get("/api/v1/audit?limit=1&before=" + before, {owner_}).body(),
            R"({"entries":[{"time":"2023-11-14T22:13:20.000Z","by":{"id":"olga","name":"olga"},)"
            R"("action":"link.made","subject":"member","subjectId":null}],"before":null})");
  expect_problem(get("/api/v1/audit?limit=0", {owner_}), 422);
  expect_problem(get("/api/v1/audit?before=x", {owner_}), 422);
}

}  // namespace tinychat::api::governing_test
