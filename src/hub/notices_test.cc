// What all streams are told, and what becomes of those that cannot go on at the moment.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "hub/stream_world.h"

namespace tinychat::hub::notices_test {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

SharedBatch notice(StreamWorld& world, Notice::Kind kind, bool is_trouble = false) {
  auto batch = std::make_shared<Batch>();
  batch->previous = batch->head = world.journal.head();
  const std::string name = kind == Notice::Kind::kStatus ? "status" : "reset";
  batch->notices.push_back({.kind = kind,
                            .is_trouble = is_trouble,
                            .frame = wire::Frame::of(wire::event_payload(name, std::nullopt, "{}"))});
  return batch;
}

TEST(Notices, WhatWasErasedIsToldToLiveStreamsAndNotReadAgain) {
  StreamWorld world;
  world.publish({{"tea", "one"}});
  auto of_a_user = following({"tea"});
  of_a_user.name = "mason";
  of_a_user.user = "u2";
  const int live = world.attach_live(std::move(of_a_user));
  const int nobodys = world.attach_live(following({"tea"}));
  auto of_2013 = following({"tea"});
  of_2013.dialect = room::Dialect::kLegacy;
  const int old = world.attach_live(std::move(of_2013));
  world.publish({{"tea", "two"}});
  (void)world.read(live);
  (void)world.read(old);
  (void)world.read(nobodys);
  world.streams.forget_written_by("u\"1");
  const auto told = world.read(live);
  EXPECT_EQ(story(told), Names{"messagesErased"});
  EXPECT_NE(told.find(R"({"author":"u\"1"})"), std::string::npos) << told;
  EXPECT_EQ(world.read(old), "");
  EXPECT_EQ(world.read(nobodys), "") << "ids of people are not for programs";
  // From the journal, not from memory.
  (void)world.attach(following({"tea"}, EventId{1000, 0}));
  world.catch_up();
  EXPECT_EQ(world.questions.size(), 1U);
  world.settle();
  world.publish({{"tea", "three"}});
  EXPECT_EQ(story(world.read(live)), Names{"1003-0"});
}

TEST(Notices, AnAnswerOfBeforeTheErasureIsAskedForAgain) {
  StreamWorld world({.recent_bytes = 0});
  world.publish({{"tea", "one"}});
  const int fd = world.attach(following({"tea"}, EventId{1000, 0}));
  world.catch_up();
  ASSERT_EQ(world.questions.size(), 1U);
  world.streams.forget_written_by("u1");
  world.catch_up();
  EXPECT_EQ(world.questions.size(), 2U);
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0"}));
}

TEST(Notices, AStatusGoesToAllWhoAreLiveWhateverTheyFollow) {
  StreamWorld world;
  const int tea = world.attach_live(following({"tea"}));
  const int both = world.attach_live(following({"coffee", "milk"}));
  const int plain = world.attach_live(following({"tea"}), false);
  const auto first = world.commit({{"tea", "first"}});
  world.deliver({first, notice(world, Notice::Kind::kStatus)});
  EXPECT_EQ(story(world.read(both)), Names{"status"});
  EXPECT_EQ(story(world.read(plain), false), (Names{"1001-0", "status"}));
  EXPECT_EQ(story(world.read(tea)), (Names{"1001-0", "status"}));
}

TEST(Notices, NewcomersAreToldOfTroubleUntilItIsOver) {
  StreamWorld world;
  world.deliver({notice(world, Notice::Kind::kStatus, true)});
  const int during = world.attach(following({"tea"}));
  world.settle();
  EXPECT_EQ(story(world.read(during)), (Names{"hello", "status"}));
  world.deliver({notice(world, Notice::Kind::kStatus)});
  EXPECT_EQ(story(world.read(during)), Names{"status"});
  const int after = world.attach(following({"tea"}));
  world.settle();
  EXPECT_EQ(story(world.read(after)), Names{"hello"});
}

TEST(Notices, AResetIsToldToThoseBehindBeforeTheyReadOn) {
  StreamWorld world;
  const int live = world.attach_live(following({"tea"}));
  const int slow = world.attach(following({"tea"}), true, 20);
  world.catch_up();
  world.publish({{"tea", "one"}});
  world.deliver({notice(world, Notice::Kind::kReset)});
  EXPECT_EQ(story(world.read(live)), (Names{"1001-0", "reset"}));
  std::string bytes = world.read(slow);
  for (int i = 0; i < 100; ++i) {
    world.make_room(slow, 30);
    world.settle();
    bytes += world.read(slow);
  }
  EXPECT_EQ(story(bytes), (Names{"hello", "reset", "1001-0"}));
}

TEST(Notices, AnAnswerOfBeforeTheResetIsNotTold) {
  StreamWorld world({.recent_bytes = 0});
  world.publish({{"tea", "one"}});
  const int fd = world.attach(following({"tea"}, EventId{1000, 0}));
  world.catch_up();
  ASSERT_EQ(world.questions.size(), 1U);
  world.deliver({notice(world, Notice::Kind::kReset)});
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "reset", "1001-0"}));
}

// Both questions are of one stream and one cursor; only the second counts.
TEST(Notices, AnAnswerOfBeforeTheResetIsNotTakenForTheOneAfterIt) {
  StreamWorld world({.recent_bytes = 0});
  world.publish({{"tea", "one"}});
  const int fd = world.attach(following({"tea"}, EventId{1000, 0}));
  world.catch_up();
  world.deliver({notice(world, Notice::Kind::kReset)});
  world.publish({{"tea", "two"}});
  world.catch_up();
  ASSERT_EQ(world.questions.size(), 2U);
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "reset", "1001-0", "1002-0"}));
}

TEST(Notices, AJournalThatIsAwayClosesNoStream) {
  StreamWorld world({.recent_bytes = 0});
  world.publish({{"tea", "one"}});
  const int fd = world.attach(following({"tea"}, EventId{1000, 0}));
  world.journal.plan(
      {.operations = journal::FaultyJournal::kRead, .first = 1, .count = 3, .code = Code::kUnavailable});
  world.settle();
  EXPECT_TRUE(world.is_open(fd));
  for (int i = 0; i < 3; ++i) {
    world.pass(1s);
    world.settle();
  }
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0"}));
}

TEST(Notices, WhoStaysAheadOfTheLogIsReset) {
  StreamWorld world;
  world.committed.store({1001, 0});
  const int fd = world.attach(following({"tea"}, EventId{1001, 0}));
  world.settle();
  world.pass(limits::kAheadPatience - 1s);
  EXPECT_EQ(story(world.read(fd)), Names{"hello"});
  // While the log cannot be read, nobody knows.
  world.deliver({notice(world, Notice::Kind::kStatus, true)});
  world.settle();
  world.pass(2 * limits::kAheadPatience);
  EXPECT_EQ(story(world.read(fd)), Names{});
  world.deliver({notice(world, Notice::Kind::kStatus)});
  world.settle();
  world.pass(limits::kAheadPatience - 1s);
  EXPECT_EQ(story(world.read(fd)), Names{}) << "it waits anew";
  world.pass(2s);
  world.settle();
  EXPECT_EQ(story(world.read(fd)), Names{"reset"});
  world.pass(2 * limits::kAheadPatience);
  EXPECT_EQ(story(world.read(fd)), Names{}) << "once";
}

}  // namespace tinychat::hub::notices_test
