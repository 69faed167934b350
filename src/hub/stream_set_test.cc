// The life of streams: heartbeats, stalls, ends, and slots that are used again.

#include "hub/stream_set.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "hub/stream_world.h"

namespace tinychat::hub::stream_set_test {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;
using Kind = PresenceCommand::Kind;
using net::CloseReason;

StreamRequest named(const std::string& name, std::vector<std::string> rooms = {"tea"}) {
  auto request = following(std::move(rooms));
  request.name = name;
  return request;
}

// --- Heartbeats --------------------------------------------------------------------------------

TEST(StreamSet, AQuietStreamGetsASignOfLife) {
  StreamWorld world;
  const int chunked = world.attach_live(following({"tea"}));
  const int plain = world.attach_live(following({"tea"}), false);
  world.pass(14s);
  EXPECT_EQ(world.read(chunked), "");
  world.pass(1s);
  EXPECT_EQ(world.read(chunked), "2\r\n:\n\r\n");
  EXPECT_EQ(world.read(plain), ":\n");
  world.pass(14s);
  EXPECT_EQ(world.read(chunked), "");
  world.pass(1s);
  EXPECT_EQ(world.read(chunked), "2\r\n:\n\r\n");
}

TEST(StreamSet, AMessageIsSignOfLifeEnough) {
  StreamWorld world;
  const int busy = world.attach_live(following({"tea"}));
  const int quiet = world.attach_live(following({"coffee"}));
  world.pass(10s);
  world.publish({{"tea", "a"}});
  (void)world.read(busy);
  world.pass(14s);
  EXPECT_EQ(world.read(busy), "");
  EXPECT_EQ(world.read(quiet), "2\r\n:\n\r\n");
}

TEST(StreamSet, AStreamThatIsBehindGetsNoHeartbeatInItsMiddle) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  world.transport.socket(fd).capacity = 5;
  world.publish({{"tea", "a"}});
  world.pass(20s);
  world.make_room(fd, kAmple);
  world.settle();
  EXPECT_EQ(world.read(fd), world.frames({"tea"}, room::Dialect::kV1, room::Framing::kChunked));
}

TEST(StreamSet, AHeartbeatCutInTheMiddleIsFinished) {
  for (std::size_t cut = 0; cut < 7; ++cut) {
    StreamWorld world;
    const int fd = world.attach_live(following({"tea"}));
    world.transport.socket(fd).capacity = cut;
    world.pass(15s);
    world.publish({{"tea", "a"}});
    world.make_room(fd, kAmple);
    world.settle();
    EXPECT_EQ(world.read(fd), (cut == 0 ? "" : "2\r\n:\n\r\n") +
                                  world.frames({"tea"}, room::Dialect::kV1, room::Framing::kChunked));
  }
}

// --- Stalls and ends of life -------------------------------------------------------------------

TEST(StreamSet, AReaderThatTakesNothingIsClosedAfterThirtySeconds) {
  StreamWorld world;
  const int fd = world.attach_live(named("mason"));
  world.pass(100s);
  (void)world.read(fd);
  world.transport.socket(fd).capacity = 0;
  world.publish({{"tea", "a"}});
  world.pass(29s);
  EXPECT_TRUE(world.is_open(fd));
  world.pass(1s);
  EXPECT_FALSE(world.is_open(fd));
  EXPECT_EQ(world.counters.count(CloseReason::kStreamStall), 1U);
  EXPECT_EQ(world.presence.back().kind, Kind::kLeaveSoon);
}

TEST(StreamSet, AReaderThatNeverTakesItsOpeningIsClosed) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}), true, 0);
  world.settle();
  world.pass(30s);
  EXPECT_FALSE(world.is_open(fd));
}

TEST(StreamSet, OneByteIsProgress) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  world.transport.socket(fd).capacity = 0;
  world.publish({{"tea", "a"}});
  for (int i = 0; i < 10; ++i) {
    world.pass(29s);
    world.make_room(fd, 1);
    world.settle();
  }
  EXPECT_TRUE(world.is_open(fd));
}

TEST(StreamSet, AJournalThatTakesItsTimeIsNotTheReadersFault) {
  StreamWorld world;
  world.publish({{"tea", "a"}});
  const int fd = world.attach(following({"tea"}, EventId{1000, 0}));
  world.catch_up();
  world.pass(60s);
  EXPECT_TRUE(world.is_open(fd));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0"}));
}

TEST(StreamSet, AStreamLivesItsTimeGiveOrTakeAQuarter) {
  StreamWorld world({.lifetime = 600s});
  std::vector<int> fds;
  for (int i = 0; i < 50; ++i) fds.push_back(world.attach_live(named("mason")));
  world.pass(449s);
  EXPECT_EQ(world.count.get(), 50U);
  world.pass(151s);
  EXPECT_GT(world.count.get(), 0U) << "not all at once";
  EXPECT_LT(world.count.get(), 50U);
  world.pass(150s);
  EXPECT_EQ(world.count.get(), 0U);
  EXPECT_EQ(world.counters.count(CloseReason::kLifetime), 50U);
  EXPECT_EQ(world.presence.back().kind, Kind::kLeaveSoon);
}

TEST(StreamSet, WithoutALifetimeItStays) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  for (int i = 0; i < 10; ++i) {
    world.pass(1000s);
    (void)world.read(fd);
  }
  EXPECT_TRUE(world.is_open(fd));
}

TEST(StreamSet, AnOldStreamFinishesItsFrameFirst) {
  StreamWorld world({.lifetime = 20s});
  const int fd = world.attach_live(following({"tea"}));
  world.transport.socket(fd).capacity = 5;
  world.publish({{"tea", "a"}});
  world.pass(26s);
  EXPECT_TRUE(world.is_open(fd));
  world.make_room(fd, kAmple);
  world.settle();
  world.pass(1s);
  EXPECT_FALSE(world.is_open(fd));
  EXPECT_EQ(story(world.read(fd)), Names{"1001-0"});
  EXPECT_EQ(world.counters.count(CloseReason::kLifetime), 1U);
}

// --- Input and hang-up -------------------------------------------------------------------------

TEST(StreamSet, WhatASubscriberSaysIsThrownAway) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  world.transport.socket(fd).input_bytes = 10'000;
  world.say(fd, {.has_input = true});
  EXPECT_EQ(world.transport.socket(fd).input_bytes, 0U);
  world.publish({{"tea", "a"}});
  EXPECT_EQ(story(world.read(fd)), Names{"1001-0"});
}

TEST(StreamSet, ASubscriberThatSaysTooMuchIsClosed) {
  StreamWorld world;
  const int fd = world.attach_live(named("mason"));
  for (std::size_t said = 0; said < limits::kStreamInputBytesMax; said += 1024) {
    world.transport.socket(fd).input_bytes = 1024;
    world.say(fd, {.has_input = true});
    ASSERT_TRUE(world.is_open(fd));
  }
  world.transport.socket(fd).input_bytes = 1;
  world.say(fd, {.can_write = true, .has_input = true});
  EXPECT_FALSE(world.is_open(fd));
  EXPECT_EQ(world.counters.count(CloseReason::kChatty), 1U);
  EXPECT_EQ(world.presence.back().kind, Kind::kLeave);
}

TEST(StreamSet, AHangUpClosesTheStream) {
  for (const bool by_input : {false, true}) {
    StreamWorld world;
    const int fd = world.attach_live(named("mason", {"tea", "coffee"}));
    world.transport.socket(fd).input_has_ended = true;
    world.say(fd, {.can_write = true, .has_input = by_input, .is_hung_up = !by_input});
    EXPECT_FALSE(world.is_open(fd));
    EXPECT_EQ(world.counters.count(CloseReason::kPeerClosed), 1U);
    ASSERT_EQ(world.presence.size(), 4U);
    EXPECT_EQ(world.presence[2].kind, Kind::kLeave);
    EXPECT_EQ(world.presence[2].room, "tea");
    EXPECT_EQ(world.presence[3].room, "coffee");
    EXPECT_EQ(world.presence[3].name, "mason");
    EXPECT_EQ(world.count.get(), 0U);
  }
}

// --- The end -----------------------------------------------------------------------------------

TEST(StreamSet, ClosesWhatIsLeftWhenItGoes) {
  FakeTransport transport;
  const int fd = transport.open(kAmple);
  {
    ManualClock clock;
    StreamWorld world;
    StreamSet set({.streams_max = 10}, transport, world, clock, world.counters, world.committed, world.count,
                  {1000, 0});
    set.attach({.fd = UniqueFd(fd), .head = "", .is_chunked = true}, following({"tea"}));
  }
  EXPECT_FALSE(transport.socket(fd).is_open);
}

// --- Slots -------------------------------------------------------------------------------------

TEST(StreamSet, AnEventForTheSlotsLastStreamIsIgnored) {
  StreamWorld world;
  const int old = world.attach_live(following({"tea"}));
  const auto old_token = world.transport.socket(old).token;
  world.say(old, {.is_hung_up = true});
  world.streams.on_ready({.token = old_token, .is_hung_up = true});
  const int next = world.attach_live(following({"tea"}));
  EXPECT_NE(world.transport.socket(next).token, old_token);
  EXPECT_EQ(static_cast<std::uint32_t>(world.transport.socket(next).token),
            static_cast<std::uint32_t>(old_token))
      << "this test is about a slot that is used again";
  world.streams.on_ready({.token = old_token, .is_hung_up = true});
  EXPECT_TRUE(world.is_open(next));
  world.streams.on_ready({.token = 12345, .is_hung_up = true});
}

// Closed while it waits to read on, and the slot taken again in the same turn.
TEST(StreamSet, ASlotIsUsedAgainWhileItIsMarked) {
  StreamWorld world;
  const int old = world.attach(following({"tea"}));
  world.say(old, {.is_hung_up = true});
  const int next = world.attach(following({"coffee"}));
  world.settle();
  EXPECT_EQ(story(world.read(old)), Names{"hello"});  // it may have closed its own side only
  EXPECT_EQ(story(world.read(next)), Names{"hello"});
  world.publish({{"coffee", "a"}, {"tea", "b"}});
  EXPECT_EQ(story(world.read(next)), Names{"1001-0"});
}

TEST(StreamSet, ASlotIsUsedAgainWhileItsLastStreamWaitedAhead) {
  StreamWorld world;
  const auto first = world.commit({{"tea", "a"}});
  for (int i = 0; i < 3; ++i) {
    const int fd = world.attach(following({"tea"}, EventId{1001, 0}));
    world.settle();
    world.say(fd, {.is_hung_up = true});
  }
  const int live = world.attach(following({"tea"}));
  world.settle();
  world.deliver({first});
  world.settle();
  EXPECT_EQ(story(world.read(live)), (Names{"hello", "1001-0"}));
  world.publish({{"tea", "b"}});
  EXPECT_EQ(story(world.read(live)), Names{"1002-0"});
}

// Whoever leaves, the others keep their places.
TEST(StreamSet, FollowersComeAndGoInAnyOrder) {
  std::minstd_rand random(11);
  StreamWorld world;
  const std::vector<Names> choices = {{"a"}, {"b"}, {"a", "b"}, {"b", "c", "a"}};
  std::map<int, Names> there;
  for (int step = 0; step < 2000; ++step) {
    if (there.size() < 5 || (there.size() < 20 && random() % 2 == 0)) {
      const auto& rooms = choices[random() % choices.size()];
      there.emplace(world.attach_live(following(rooms)), rooms);
    } else {
      const auto leaver = std::next(there.begin(), static_cast<std::ptrdiff_t>(random() % there.size()));
      world.say(leaver->first, {.is_hung_up = true});
      there.erase(leaver);
    }
    const std::string room(1, static_cast<char>('a' + random() % 3));
    world.publish({{room, "x"}});
    const std::string id = to_string(world.log.back().id);
    for (const auto& [fd, rooms] : there) {
      const bool follows = std::ranges::find(rooms, room) != rooms.end();
      ASSERT_EQ(story(world.read(fd)), follows ? Names{id} : Names{});
    }
  }
}

}  // namespace tinychat::hub::stream_set_test
