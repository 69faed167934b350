// Who is where over several nodes, and what is told to those who listen, with a real Redis.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/limits.h"
#include "journal/redis_journal.h"
#include "journal/redis_keys.h"
#include "redis/redis_server.h"

namespace tinychat::journal {

inline void PrintTo(const SignalText& signal, std::ostream* out) {
  *out << signal.room << signal.user << ' ' << signal.event << ' ' << signal.json;
}

namespace redis_presence_test {

using namespace std::chrono_literals;
using room::Attendance;
using room::Person;
using Texts = std::vector<std::string>;

constexpr auto kJoined = room::PresenceChange::kJoined;
constexpr auto kLeft = room::PresenceChange::kLeft;

redis::RedisServer& server() {
  static redis::RedisServer server;
  return server;
}

struct Node {
  Node() {
    auto opened = open_redis_engine(
        {.endpoint = server().endpoint(), .prefix = "test:", .retention = {}, .next_id = {}});
    if (!opened) throw std::runtime_error(opened.error().detail);
    engine = std::move(*opened);
    reader = std::move(*engine.journal->open_reader());
    cursor = engine.journal->head();
    // From here on it listens.
    (void)engine.tail->next(cursor, 0ms);
  }
  void tell(room::PresenceChange change, Person person, std::string room = "tea") {
    engine.presence->tell({change, std::move(room), std::move(person)});
  }
  Attendance attendance(std::string_view room = "tea") { return *reader->attendance(room); }

  // What the tail has told until there are `count` of presences or signals.
  void listen(std::size_t count) {
    presences.clear();
    signals.clear();
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (presences.size() + signals.size() < count && std::chrono::steady_clock::now() < deadline) {
      auto news = engine.tail->next(cursor, 100ms);
      if (!news) throw std::runtime_error(news.error().detail);
      for (const auto& entry : news->entries) {
        cursor = entry.id;
        if (const auto* one = std::get_if<PresenceNews>(&entry.what)) {
          presences.push_back((one->change == kJoined ? '+' : '-') + one->room + ' ' + one->person.id + ' ' +
                              one->person.name);
        }
      }
      for (auto& signal : news->signals) signals.push_back(std::move(signal));
    }
  }

  Engine engine;
  std::unique_ptr<JournalReader> reader;
  EventId cursor;
  Texts presences;
  std::vector<SignalText> signals;
};

class RedisPresence : public testing::Test {
 protected:
  void SetUp() override {
    server().call({"FLUSHALL"});
    one.emplace();
    other.emplace();
  }
  std::optional<Node> one;
  std::optional<Node> other;
};

TEST_F(RedisPresence, AUserIsOneOverAllNodesUnderAnyName) {
  one->tell(kJoined, {"u1", "mason"});
  other->tell(kJoined, {"u1", "grace"});
  other->tell(kJoined, {"", "mason"});
  one->tell(kJoined, {"", "mason"});
  other->tell(kJoined, {"u2", "mason"});
  const Attendance all{3, {{"u1", "mason"}, {"u2", "mason"}, {"", "mason"}}};
  EXPECT_EQ(one->attendance(), all);
  EXPECT_EQ(other->attendance(), all);
  EXPECT_EQ(one->attendance("coffee"), Attendance{});
  one->tell(kLeft, {"u1", "mason"});
  one->tell(kLeft, {"", "mason"});
  EXPECT_EQ(one->attendance(), all) << "they are on the other";
  other->tell(kLeft, {"u1", "whatever"});
  other->tell(kLeft, {"", "mason"});
  EXPECT_EQ(one->attendance(), (Attendance{1, {{"u2", "mason"}}}));
  for (auto* node : {&*one, &*other}) {
    node->listen(5);
    EXPECT_EQ(node->presences,
              (Texts{"+tea u1 mason", "+tea  mason", "+tea u2 mason", "-tea u1 mason", "-tea  mason"}));
  }
}

TEST_F(RedisPresence, ANameChangesWhereverTheUserIs) {
  one->tell(kJoined, {"u1", "mason"}, "tea");
  other->tell(kJoined, {"u1", "mason"}, "coffee");
  other->tell(kJoined, {"u2", "mason"}, "milk");
  auto rooms = one->engine.presence->rename({"u1", "grace hopper"});
  std::ranges::sort(rooms);
  EXPECT_EQ(rooms, (Texts{"coffee", "tea"}));
  EXPECT_EQ(one->attendance("coffee"), (Attendance{1, {{"u1", "grace hopper"}}}));
  EXPECT_EQ(one->attendance("milk"), (Attendance{1, {{"u2", "mason"}}}));
  other->tell(kLeft, {"u1", "mason"}, "coffee");
  one->listen(4);
  EXPECT_EQ(one->presences.back(), "-coffee u1 grace hopper");
  EXPECT_EQ(one->engine.presence->rename({"u1", "x"}), Texts{"tea"});
  EXPECT_EQ(one->engine.presence->rename({"u3", "x"}), Texts{});
}

TEST_F(RedisPresence, WhereVeryManyAreUsersComeAndGoUntold) {
  for (std::size_t i = 0; i < limits::kPeopleListedMax; ++i) {
    one->tell(kJoined, {"", std::to_string(i)});
  }
  one->tell(kJoined, {"u1", "mason"});
  EXPECT_EQ(other->attendance(), (Attendance{limits::kPeopleListedMax + 1, {}}));
  one->tell(kLeft, {"", "1"});
  one->tell(kLeft, {"u1", "mason"});
  other->listen(limits::kPeopleListedMax + 2);
  EXPECT_EQ(other->presences.back(), "-tea u1 mason");
  EXPECT_EQ(std::ranges::find(other->presences, "+tea u1 mason"), other->presences.end());
}

TEST_F(RedisPresence, WhatWasLostIsToldAgain) {
  one->tell(kJoined, {"u1", "mason"});
  const RedisKeys keys("test:");
  EXPECT_FALSE(one->engine.presence->renew());
  for (const auto& key : {keys.nodes(), keys.people("tea"), keys.places("u1")}) server().call({"DEL", key});
  const auto names = server().call({"KEYS", keys.node("*")});
  for (std::size_t i = 0; i < names.value().size(); ++i) server().call({"DEL", names.value()[i].text()});
  EXPECT_EQ(one->attendance(), Attendance{});
  EXPECT_FALSE(one->engine.presence->renew());
  EXPECT_EQ(one->attendance(), (Attendance{1, {{"u1", "mason"}}}));
}

TEST_F(RedisPresence, ADeadNodesPeopleAreSeenOff) {
  other->tell(kJoined, {"u1", "mason"});
  one->tell(kJoined, {"u2", "ada"});
  EXPECT_FALSE(other->engine.presence->renew());
  // Its lease has run out.
  const auto nodes = server().call({"ZRANGE", RedisKeys("test:").nodes(), "0", "-1"});
  ASSERT_EQ(nodes.value().size(), 1U);
  server().call({"ZADD", RedisKeys("test:").nodes(), "1", nodes.value()[0].text()});
  EXPECT_TRUE(one->engine.presence->renew());
  EXPECT_FALSE(one->engine.presence->renew());
  EXPECT_EQ(one->attendance(), (Attendance{1, {{"u2", "ada"}}}));
  one->listen(3);
  EXPECT_EQ(one->presences.back(), "-tea u1 mason");
  EXPECT_EQ(one->engine.presence->rename({"u1", "x"}), Texts{});
}

TEST_F(RedisPresence, SignalsReachEveryNodeOnce) {
  const std::vector<SignalText> signals{room::typing_signal("caf\xc3\xa9", {"u1", "mason"}),
                                        {.room = {}, .user = "u1", .event = "readPosition", .json = "{}"}};
  one->engine.presence->signal(signals);
  server().call({"PUBLISH", RedisKeys("test:").signals(), "junk"});
  server().call({"PUBLISH", RedisKeys("elsewhere:").signals(), R"({"room":"a","event":"b","data":"{}"})"});
  other->engine.presence->signal(std::span(signals).first(1));
  for (auto* node : {&*one, &*other}) {
    node->listen(3);
    EXPECT_EQ(node->signals, (std::vector{signals[0], signals[1], signals[0]}));
    EXPECT_EQ(node->engine.tail->take_malformed(), 1U) << "the junk, and not what is another deployment's";
  }
}

}  // namespace redis_presence_test
}  // namespace tinychat::journal
