// Reading on: from the room logs and from the journal, and what can go wrong with it.

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "hub/stream_world.h"

namespace tinychat::hub::catch_up_test {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;
using room::Dialect;
using room::Framing;

constexpr EventId kOrigin{1000, 0};

TEST(CatchUp, MergesTheLogsOfManyRoomsById) {
  StreamWorld world;
  for (const auto* room : {"tea", "coffee", "water"}) (void)world.attach_live(following({room}));
  world.publish({{"water", "1"}, {"tea", "2"}, {"coffee", "3"}, {"tea", "4"}, {"water", "5"}});
  const int fd = world.attach(following({"tea", "coffee", "water"}, EventId{1001, 0}));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1002-0", "1003-0", "1004-0", "1005-0"}));
  EXPECT_EQ(world.asked, 0);
}

// One room's log reaches back far enough, the other's does not: only the journal has the order.
TEST(CatchUp, OneRoomOutOfReachIsEnoughToAskTheJournal) {
  StreamWorld world;
  (void)world.attach_live(following({"tea"}));
  world.publish({{"coffee", "nobody keeps it"}, {"tea", "2"}});
  const int fd = world.attach(following({"tea", "coffee"}, kOrigin));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0", "1002-0"}));
  EXPECT_EQ(world.asked, 1);
}

TEST(CatchUp, ReadsALongLogInPieces) {
  StreamWorld world;
  (void)world.attach_live(following({"tea"}));
  const std::string text(8000, 'x');
  std::vector<std::pair<std::string, std::string>> messages(100, {"tea", text});
  world.publish(messages);
  const int fd = world.attach(following({"tea"}, kOrigin));
  EXPECT_TRUE(world.streams.catch_up()) << "others have their turn in between";
  EXPECT_LT(world.transport.socket(fd).in_flight.size(), 5 * (limits::kCatchUpBytesMax + 10'000));
  world.settle();
  EXPECT_EQ(story(world.read(fd)).size(), 101U);
  EXPECT_EQ(world.asked, 0);
}

TEST(CatchUp, ReadsALongJournalInPages) {
  StreamWorld world;
  const std::size_t count = 3 * limits::kCatchUpEventsMax + 1;
  world.publish(std::vector<std::pair<std::string, std::string>>(count, {"tea", "x"}));
  const int fd = world.attach(following({"tea"}, kOrigin));
  world.settle();
  const auto names = story(world.read(fd));
  ASSERT_EQ(names.size(), count + 1);
  for (std::size_t i = 1; i <= count; ++i) ASSERT_EQ(names[i], std::to_string(1000 + i) + "-0");
  EXPECT_EQ(world.asked, 4);
}

// A page ends where its events do, though the question went further: in between, other rooms had theirs.
TEST(CatchUp, WhatComesWhileAPageIsReadIsNeitherLostNorDoubled) {
  StreamWorld world;
  world.publish({{"tea", "a"}});
  const int fd = world.attach(following({"tea"}, kOrigin));
  world.catch_up();
  ASSERT_EQ(world.questions.size(), 1U);
  world.publish({{"tea", "before the answer"}});
  world.answer();
  world.publish({{"tea", "after the answer"}});
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0", "1002-0", "1003-0"}));
}

TEST(CatchUp, ASocketThatTakesNothingIsNotAskedFor) {
  StreamWorld world;
  world.publish({{"tea", "a"}});
  const int fd = world.attach(following({"tea"}, kOrigin), true, 0);
  world.settle();
  EXPECT_EQ(world.asked, 0);
  world.make_room(fd, kAmple);
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0"}));
}

TEST(CatchUp, AWriteThatFailsClosesTheStream) {
  for (const std::size_t capacity : {std::size_t{0}, kAmple}) {
    StreamWorld world;
    world.publish({{"tea", "a"}});
    const int fd = world.attach(following({"tea"}, kOrigin), true, capacity);
    world.catch_up();
    world.transport.socket(fd).is_broken = true;
    world.make_room(fd, kAmple);
    world.settle();
    EXPECT_FALSE(world.is_open(fd));
    EXPECT_EQ(world.counters.count(net::CloseReason::kPeerFailed, net::Closed::kStream), 1U);
  }
}

// --- Gaps --------------------------------------------------------------------------------------

TEST(CatchUp, SaysThatEventsWereTrimmedBeforeItGoesOn) {
  StreamWorld world({.retain_messages = 2});
  world.publish({{"tea", "a"}, {"tea", "b"}, {"tea", "c"}});
  const int fd = world.attach(following({"tea"}, kOrigin), false);
  world.settle();
  const std::string all = world.read(fd);
  EXPECT_EQ(story(all, false), (Names{"hello", "reset", "1002-0", "1003-0"}));
  EXPECT_NE(all.find("event: reset\ndata: {\"reason\":\"trimmed\"}\n\n"), std::string::npos);
  const int joined = world.attach(following({"tea"}, EventId{1001, 0}));
  world.settle();
  EXPECT_EQ(story(world.read(joined)), (Names{"hello", "1002-0", "1003-0"})) << "nothing is missing here";
}

// However the page is cut: the reset comes first, and each event once.
TEST(CatchUp, APageWithAResetIsCutAtAnyByte) {
  for (std::size_t cut = 0; cut < 400; ++cut) {
    SCOPED_TRACE("cut at " + std::to_string(cut));
    StreamWorld world({.retain_messages = 2});
    world.publish({{"tea", "a"}, {"tea", "b"}, {"tea", "c"}});
    const int fd = world.attach(following({"tea"}, kOrigin));
    world.catch_up();
    (void)world.read(fd);
    world.transport.socket(fd).capacity = cut;
    world.settle();
    world.make_room(fd, kAmple);
    world.settle();
    auto names = story(world.read(fd));
    ASSERT_FALSE(names.empty());
    EXPECT_EQ(names.front(), "reset");
    // Cut within the reset, the page is read again and says so again.
    std::erase(names, "reset");
    EXPECT_EQ(names, (Names{"1002-0", "1003-0"}));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(CatchUp, AReaderTooSlowForRetentionIsTold) {
  StreamWorld world({.recent_bytes = 0, .retain_messages = 2});
  const int fd = world.attach_live(following({"tea"}));
  world.transport.socket(fd).capacity = 0;
  for (int i = 0; i < 5; ++i) world.publish({{"tea", "x"}});
  world.make_room(fd, kAmple);
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"reset", "1004-0", "1005-0"}));
}

// --- The journal's troubles --------------------------------------------------------------------

TEST(CatchUp, ARefusedQuestionIsAskedAgainTheNextSecond) {
  StreamWorld world;
  world.publish({{"tea", "a"}});
  world.refuses_questions = true;
  const int fd = world.attach(following({"tea"}, kOrigin));
  world.settle();
  EXPECT_EQ(world.asked, 1);
  world.settle();
  EXPECT_EQ(world.asked, 1) << "not at once";
  world.refuses_questions = false;
  world.pass(1s);
  world.settle();
  EXPECT_EQ(world.asked, 2);
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0"}));
}

TEST(CatchUp, AJournalThatCannotBeReadClosesTheStreamWhichComesBack) {
  StreamWorld world;
  world.publish({{"tea", "a"}});
  auto request = following({"tea"}, kOrigin);
  request.name = "mason";
  const int fd = world.attach(std::move(request));
  world.journal.plan({.operations = journal::FaultyJournal::kRead, .first = 1, .count = 1});
  world.settle();
  EXPECT_FALSE(world.is_open(fd));
  EXPECT_EQ(world.counters.count(net::CloseReason::kUnreadable, net::Closed::kStream), 1U);
  EXPECT_EQ(world.presence.back().kind, PresenceCommand::Kind::kLeaveSoon);
  const int again = world.attach(following({"tea"}, kOrigin));
  world.settle();
  EXPECT_EQ(story(world.read(again)), (Names{"hello", "1001-0"}));
}

TEST(CatchUp, AnAnswerForAStreamThatHasGoneGoesNowhere) {
  StreamWorld world;
  world.publish({{"coffee", "for the one that goes"}, {"tea", "a"}});
  const int gone = world.attach(following({"coffee"}, kOrigin));
  world.catch_up();
  ASSERT_EQ(world.questions.size(), 1U);
  world.say(gone, {.is_hung_up = true});
  // The slot is used again, and the new stream asks, too.
  const int next = world.attach(following({"tea"}, kOrigin));
  world.catch_up();
  ASSERT_EQ(world.questions.size(), 2U);
  world.settle();
  EXPECT_EQ(story(world.read(next)), (Names{"hello", "1002-0"}));
}

}  // namespace tinychat::hub::catch_up_test
