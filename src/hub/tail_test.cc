// The tail over a log that the test writes by hand, and a shard that is nothing but its mailbox.
#include "hub/tail.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace tinychat::hub::tail_test {

using namespace std::chrono_literals;
using room::PresenceChange;

class HandMadeLog final : public journal::LogTail {
 public:
  Result<journal::LogNews> next(EventId cursor, std::chrono::milliseconds /*patience*/) override {
    cursors.push_back(cursor);
    if (news.empty()) return journal::LogNews{};
    auto first = std::move(news.front());
    news.pop_front();
    return first;
  }
  std::size_t take_malformed() override { return 0; }

  std::deque<Result<journal::LogNews>> news;
  std::vector<EventId> cursors;
};

EventId at(std::uint64_t n) { return {1000 + n, 0}; }

journal::LogEntry said(std::uint64_t n, std::string text) {
  return {at(n),
          room::Event{
              .id = at(n), .room = "tea", .sender = "mason", .text = std::move(text), .idempotency_key = {}}};
}
journal::LogEntry moved(std::uint64_t n, PresenceChange change, std::string name) {
  return {at(n), journal::PresenceNews{change, "tea", {.id = {}, .name = std::move(name)}}};
}

struct World {
  void add(std::vector<journal::LogEntry> entries) {
    journal::LogNews news;
    news.entries = std::move(entries);
    log.news.emplace_back(std::move(news));
  }
  std::vector<SharedBatch> step() {
    tail.step(0ms);
    std::vector<ShardMessage> messages;
    inbox.drain(messages);
    std::vector<SharedBatch> batches;
    for (auto& message : messages) batches.push_back(std::get<SharedBatch>(message));
    return batches;
  }

  HandMadeLog log;
  ManualClock clock;
  ShardInbox inbox{100};
  CommittedHead committed{at(0)};
  Readiness readiness;
  Tail tail{log, clock, {&inbox}, committed, at(0), readiness};
};

TEST(Tail, DeliversWhatTheLogHasAndReadsOnFromThere) {
  World world;
  world.add({said(1, "a"), said(2, "b")});
  const auto batches = world.step();
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0]->previous, at(0));
  EXPECT_EQ(batches[0]->head, at(2));
  ASSERT_EQ(batches[0]->events.size(), 2U);
  EXPECT_EQ(batches[0]->events[1]->id, at(2));
  EXPECT_TRUE(world.committed.reaches(at(2), 0));
  EXPECT_TRUE(world.step().empty());
  EXPECT_EQ(world.log.cursors, (std::vector{at(0), at(2)}));
}

TEST(Tail, WhoComesIsThereBeforeWhatTheySayAndGoesAfterIt) {
  World world;
  world.add({moved(1, PresenceChange::kJoined, "ann"), said(2, "hi"), moved(3, PresenceChange::kLeft, "ann"),
             moved(4, PresenceChange::kJoined, "ann"), said(5, "again")});
  const auto batches = world.step();
  ASSERT_EQ(batches.size(), 2U);
  ASSERT_EQ(batches[0]->transients.size(), 2U);
  EXPECT_TRUE(batches[0]->transients[0].is_first);
  EXPECT_FALSE(batches[0]->transients[1].is_first);
  EXPECT_EQ(batches[0]->head, at(3));
  EXPECT_EQ(batches[1]->previous, at(3));
  EXPECT_EQ(batches[1]->transients.size(), 1U);
  EXPECT_EQ(batches[1]->head, at(5));
}

TEST(Tail, AnEntryWithoutAnEventMovesTheHead) {
  World world;
  world.add({moved(1, PresenceChange::kJoined, "ann")});
  EXPECT_EQ(world.step().at(0)->head, at(1));
  world.add({said(2, "x")});
  EXPECT_EQ(world.step().at(0)->previous, at(1));
}

TEST(Tail, WhereTheLogHasAGapTheShardsLearnThatTheyMissedSomething) {
  World world;
  journal::LogNews news;
  news.has_gap = true;
  news.begins_after = at(7);
  news.entries = {said(8, "x")};
  world.log.news.emplace_back(std::move(news));
  const auto batches = world.step();
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0]->previous, at(7));
  EXPECT_TRUE(batches[0]->events.empty());
  EXPECT_EQ(batches[1]->previous, at(7));
  EXPECT_EQ(batches[1]->head, at(8));
}

TEST(Tail, AResetIsToldBetweenWhatCameBeforeAndAfter) {
  World world;
  world.add({said(1, "before"), {at(2), journal::LogReset{}}, said(3, "after")});
  const auto batches = world.step();
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[0]->head, at(1));
  ASSERT_EQ(batches[1]->notices.size(), 1U);
  EXPECT_EQ(batches[1]->notices[0].kind, Notice::Kind::kReset);
  EXPECT_EQ(batches[1]->head, at(2));
  EXPECT_EQ(batches[2]->previous, at(2));
}

TEST(Tail, TroubleIsToldOnceAndSoIsItsEnd) {
  World world;
  for (int i = 0; i < 3; ++i) world.log.news.emplace_back(fail(Code::kUnavailable, "Redis is away"));
  const auto trouble = world.step();
  ASSERT_EQ(trouble.size(), 1U);
  ASSERT_EQ(trouble[0]->notices.size(), 1U);
  EXPECT_TRUE(trouble[0]->notices[0].is_trouble);
  EXPECT_EQ(trouble[0]->previous, trouble[0]->head);
  EXPECT_EQ(world.readiness.reason(), "Redis is away");
  EXPECT_TRUE(world.step().empty());
  EXPECT_TRUE(world.step().empty());
  world.add({said(1, "x")});
  const auto well = world.step();
  ASSERT_EQ(well.size(), 2U);
  EXPECT_FALSE(well[0]->notices.at(0).is_trouble);
  EXPECT_EQ(well[1]->events.size(), 1U);
  EXPECT_EQ(world.readiness.reason(), "");
}

TEST(Tail, SignalsAreToldBeforeWhatWasPublishedAfterThem) {
  World world;
  journal::LogNews news;
  news.signals = {{.room = "tea", .user = {}, .event = "typing", .json = "{}"},
                  {.room = {}, .user = "u1", .event = "readPosition", .json = "{}"}};
  news.entries = {said(1, "hi")};
  world.log.news.emplace_back(std::move(news));
  const auto batches = world.step();
  ASSERT_EQ(batches.size(), 1U);
  ASSERT_EQ(batches[0]->transients.size(), 2U);
  const auto& typing = batches[0]->transients[0];
  EXPECT_EQ(typing.frames[1].plain(), "event: typing\ndata: {}\n\n");
  EXPECT_EQ(typing.room, "tea");
  EXPECT_TRUE(typing.is_first && typing.is_v1_only);
  EXPECT_EQ(batches[0]->transients[1].user, "u1");
}

TEST(Tail, WhatIsSaidOutsideIsTransientAndMarked) {
  World world;
  journal::LogNews news;
  news.outside = {{.room = "tea", .sender = "<a>", .text = "hi"}};
  world.log.news.emplace_back(std::move(news));
  const auto batches = world.step();
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0]->head, at(0));
  ASSERT_EQ(batches[0]->transients.size(), 1U);
  const auto frame = batches[0]->transients[0].frames[0].plain();
  EXPECT_EQ(frame.find("id:"), std::string_view::npos);
  EXPECT_NE(frame.find(R"({"sender":"&lt;a&gt;","message":"hi",)"), std::string_view::npos) << frame;
  EXPECT_NE(frame.find(R"("live":true})"), std::string_view::npos);
}

}  // namespace tinychat::hub::tail_test
