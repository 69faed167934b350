// How streams come, and what they are told first.

#include <gtest/gtest.h>

#include <regex>

#include "base/limits.h"
#include "hub/stream_world.h"

namespace tinychat::hub::stream_attach_test {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;
using room::Dialect;
using room::Framing;

constexpr EventId kOrigin{1000, 0};

TEST(StreamAttach, OpensWithItsHeadATimeToComeBackAndHello) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}), false, kAmple, "HTTP/1.1 200 OK\r\n\r\n");
  world.settle();
  const std::string opening = world.read(fd);
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(opening, parts,
                               std::regex("HTTP/1\\.1 200 OK\r\n\r\nretry: (\\d+)\n"
                                          "id: 1000-0\nevent: hello\ndata: \\{\"cursor\":\"1000-0\"\\}\n\n")))
      << opening;
  const std::chrono::milliseconds retry(std::stoi(parts[1]));
  EXPECT_GE(retry, limits::kRetryMin);
  EXPECT_LE(retry, limits::kRetryMax);
  EXPECT_EQ(world.asked, 0) << "there is nothing to read for it";
}

TEST(StreamAttach, TheHeadIsNoPartOfTheFirstChunk) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}), true, kAmple, "HEAD\r\n\r\n");
  world.settle();
  const std::string opening = world.read(fd);
  ASSERT_TRUE(opening.starts_with("HEAD\r\n\r\n"));
  EXPECT_EQ(story(opening.substr(8)), Names{"hello"});
}

TEST(StreamAttach, WithoutACursorItSeesOnlyWhatComes) {
  StreamWorld world;
  world.publish({{"tea", "before"}});
  const int fd = world.attach(following({"tea"}));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), Names{"hello"});
  world.publish({{"tea", "after"}});
  EXPECT_EQ(story(world.read(fd)), Names{"1002-0"});
}

TEST(StreamAttach, WithTheCursorAtTheHeadItIsLiveAtOnce) {
  StreamWorld world;
  world.publish({{"tea", "before"}});
  const int fd = world.attach(following({"tea"}, EventId{1001, 0}));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), Names{"hello"});
  EXPECT_EQ(world.asked, 0);
  world.publish({{"tea", "after"}});
  EXPECT_EQ(story(world.read(fd)), Names{"1002-0"});
}

TEST(StreamAttach, BehindItReadsOnFromTheRoomLog) {
  StreamWorld world;
  (void)world.attach_live(following({"tea"}));
  world.publish({{"tea", "a"}, {"coffee", "b"}, {"tea", "c"}});
  const int fd = world.attach(following({"tea"}, kOrigin));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0", "1003-0"}));
  EXPECT_EQ(world.asked, 0);
}

TEST(StreamAttach, BehindTheRoomLogItReadsOnFromTheJournal) {
  StreamWorld world;
  world.publish({{"tea", "a"}, {"coffee", "b"}, {"tea", "c"}});
  const int fd = world.attach(following({"tea"}, kOrigin));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0", "1003-0"}));
  EXPECT_EQ(world.asked, 1);
}

TEST(StreamAttach, FromZeroItReadsEverythingThereIs) {
  StreamWorld world;
  world.publish({{"tea", "a"}});
  const int fd = world.attach(following({"tea"}, EventId{}));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0"}));
}

TEST(StreamAttach, FromZeroInANewLogItWaitsForTheFirst) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}, EventId{}));
  world.settle();
  world.publish({{"tea", "a"}});
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0"}));
}

TEST(StreamAttach, ACursorFromBeforeTheJournalIsResetAndGetsWhatThereIs) {
  StreamWorld world;
  world.publish({{"tea", "a"}});
  const int fd = world.attach(following({"tea"}, EventId{999, 0}));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "reset", "1001-0"}));
}

TEST(StreamAttach, AheadOfThisShardItWaitsForTheBatch) {
  StreamWorld world;
  const auto first = world.commit({{"tea", "seen elsewhere"}, {"tea", "not seen"}});
  const auto second = world.commit({{"tea", "later"}});
  const int fd = world.attach(following({"tea"}, EventId{1001, 0}));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), Names{"hello"});
  world.deliver({first});
  world.settle();
  EXPECT_EQ(story(world.read(fd)), Names{"1002-0"});
  world.deliver({second});
  EXPECT_EQ(story(world.read(fd)), Names{"1003-0"}) << "it is live by now";
  EXPECT_EQ(world.asked, 0);
}

TEST(StreamAttach, AheadByTwoBatchesItWaitsForBoth) {
  StreamWorld world;
  const auto first = world.commit({{"tea", "a"}});
  const auto second = world.commit({{"tea", "b"}});
  const auto third = world.commit({{"tea", "c"}});
  const int fd = world.attach(following({"tea"}, EventId{1002, 0}));
  for (const auto& batch : {first, second}) {
    world.deliver({batch});
    world.settle();
  }
  EXPECT_EQ(story(world.read(fd)), Names{"hello"});
  world.deliver({third});
  EXPECT_EQ(story(world.read(fd)), Names{"1003-0"});
}

TEST(StreamAttach, ACursorNobodyGaveOutIsResetAndLive) {
  for (const bool is_nonsense : {false, true}) {
    StreamWorld world;
    world.publish({{"tea", "before"}});
    auto request = following({"tea"}, EventId{1002, 0});
    if (is_nonsense) request.cursor = std::nullopt;
    request.cursor_is_nonsense = is_nonsense;
    const int fd = world.attach(std::move(request), false);
    world.settle();
    const std::string opening = world.read(fd);
    EXPECT_EQ(story(opening, false), (Names{"hello", "reset"}));
    EXPECT_NE(opening.find("id: 1001-0\nevent: hello\n"), std::string::npos) << "it goes on from the head";
    EXPECT_NE(opening.find("event: reset\ndata: {\"reason\":\"unknown-cursor\"}\n\n"), std::string::npos);
    world.publish({{"tea", "after"}});
    EXPECT_EQ(story(world.read(fd), false), Names{"1002-0"});
  }
}

TEST(StreamAttach, SpeaksTheDialectThatWasAskedFor) {
  StreamWorld world;
  auto request = following({"tea"});
  request.dialect = Dialect::kLegacy;
  const int legacy = world.attach_live(std::move(request));
  const int v1 = world.attach_live(following({"tea"}), false);
  world.publish({{"tea", "<b>"}});
  EXPECT_EQ(world.read(legacy), world.frames({"tea"}, Dialect::kLegacy, Framing::kChunked));
  EXPECT_EQ(world.read(v1), world.frames({"tea"}, Dialect::kV1, Framing::kPlain));
}

TEST(StreamAttach, JoinsItsRoomsByName) {
  StreamWorld world;
  auto request = following({"tea", "coffee"});
  request.name = "mason";
  (void)world.attach(std::move(request));
  ASSERT_EQ(world.presence.size(), 2U);
  EXPECT_EQ(world.presence[0].kind, PresenceCommand::Kind::kJoin);
  EXPECT_EQ(world.presence[0].room, "tea");
  EXPECT_EQ(world.presence[1].room, "coffee");
  EXPECT_EQ(world.presence[1].name, "mason");
  (void)world.attach(following({"tea"}));
  EXPECT_EQ(world.presence.size(), 2U) << "without a name there is nothing to tell";
}

// The writer counts who is there: a leave that follows no join would end the program.
TEST(StreamAttach, ASocketThatCannotBeWatchedIsClosedAndLeavesOnlyIfItJoined) {
  StreamWorld world;
  world.transport.refuses_to_add = true;
  auto request = following({"tea"});
  request.name = "mason";
  const int fd = world.attach(std::move(request));
  EXPECT_FALSE(world.is_open(fd));
  EXPECT_EQ(world.counters.count(net::CloseReason::kPeerFailed), 1U);
  EXPECT_EQ(world.count.get(), 0U);
  int there = 0;
  for (const auto& command : world.presence) {
    there += command.kind == PresenceCommand::Kind::kJoin ? 1 : -1;
    EXPECT_GE(there, 0) << "a leave without a join";
  }
  EXPECT_EQ(there, 0);
  world.settle();
}

TEST(StreamAttach, OneTooManyIsToldWhenToComeBack) {
  StreamWorld world;
  const int fd = world.transport.open(kAmple);
  world.streams.turn_away({.fd = UniqueFd(fd), .head = "HEAD\r\n\r\n", .is_chunked = false});
  EXPECT_FALSE(world.is_open(fd));
  const std::string answer = world.read(fd);
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(answer, parts, std::regex("HEAD\r\n\r\nretry: (\\d+)\n\n"))) << answer;
  const std::chrono::milliseconds retry(std::stoi(parts[1]));
  EXPECT_GE(retry, limits::kOverloadRetryMin);
  EXPECT_LE(retry, limits::kOverloadRetryMax);
  EXPECT_EQ(world.counters.count(net::CloseReason::kTurnedAway), 1U);
  EXPECT_EQ(world.count.get(), 0U);
}

TEST(StreamAttach, CountsStreamsAgainstTheirLimit) {
  StreamWorld world;
  std::vector<int> fds;
  while (world.streams.has_room(0) && fds.size() < 2000) fds.push_back(world.attach(following({"tea"})));
  EXPECT_EQ(fds.size(), 1000U);
  world.say(fds.front(), {.is_hung_up = true});
  EXPECT_TRUE(world.streams.has_room(0));
}

}  // namespace tinychat::hub::stream_attach_test
