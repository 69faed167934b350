// What live streams are told, and what becomes of those that do not take it.

#include <gtest/gtest.h>

#include "hub/stream_world.h"
#include "room/signal.h"

namespace tinychat::hub::fan_out_test {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;
using room::Dialect;
using room::Framing;

Framing framing_of(bool is_chunked) { return is_chunked ? Framing::kChunked : Framing::kPlain; }

Transient joined(const std::string& room, const std::string& name) {
  return {room, room::render_presence(room::PresenceChange::kJoined, room, {"", name})};
}

TEST(FanOut, TellsTheFollowersOfARoomAndNobodyElse) {
  StreamWorld world;
  const int tea = world.attach_live(following({"tea"}));
  const int coffee = world.attach_live(following({"coffee"}));
  world.publish({{"tea", "a"}, {"water", "b"}, {"tea", "c"}});
  EXPECT_EQ(world.read(tea), world.frames({"tea"}, Dialect::kV1, Framing::kChunked));
  EXPECT_EQ(world.read(coffee), "");
}

TEST(FanOut, ASignalOfV1IsNotForThePageOf2013) {
  StreamWorld world;
  const int v1 = world.attach_live(following({"tea"}));
  auto request = following({"tea"});
  request.dialect = Dialect::kLegacy;
  const int legacy = world.attach_live(std::move(request));
  const auto typing = room::typing_signal("tea", {"u1", "mason"});
  const auto frame = room::render_signal(typing.event, typing.json);
  world.deliver({world.commit({}, {{.room = "tea", .frames = {frame, frame}, .is_v1_only = true}})});
  EXPECT_EQ(story(world.read(v1)), Names{"typing"});
  EXPECT_EQ(world.read(legacy), "");
}

TEST(FanOut, WhatIsForAUserGoesToAllTheirStreamsAndNoOther) {
  StreamWorld world;
  const auto by = [&](std::string user, std::vector<std::string> rooms) {
    auto request = following(std::move(rooms));
    request.name = "mason";
    request.user = std::move(user);
    return world.attach_live(std::move(request));
  };
  const int one = by("u1", {"tea"});
  const int two = by("u1", {"coffee", "water"});
  const int other = by("u2", {"tea"});
  const int nobody = world.attach_live(following({"tea"}));
  const auto tell = [&] {
    const auto frame = room::render_signal("readPosition", "{}");
    world.deliver(
        {world.commit({}, {{.room = "", .frames = {frame, frame}, .is_v1_only = true, .user = "u1"}})});
  };
  tell();
  EXPECT_EQ(story(world.read(one)), Names{"readPosition"});
  EXPECT_EQ(story(world.read(two)), Names{"readPosition"});
  world.say(one, {.is_hung_up = true});
  EXPECT_EQ(world.presence.back().user, "u1");
  EXPECT_EQ(world.presence.back().kind, PresenceCommand::Kind::kLeaveSoon)
      << "the page may only be loaded again";
  tell();
  EXPECT_EQ(story(world.read(two)), Names{"readPosition"});
  world.say(two, {.is_hung_up = true});
  tell();
  EXPECT_EQ(world.read(other), "");
  EXPECT_EQ(world.read(nobody), "");
}

TEST(FanOut, NothingLeavesBeforeTheFanOut) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  const auto batch = world.commit({{"tea", "a"}});
  world.streams.apply(std::vector{batch});
  EXPECT_EQ(world.read(fd), "");
  world.streams.fan_out();
  EXPECT_EQ(story(world.read(fd)), Names{"1001-0"});
}

TEST(FanOut, SeveralBatchesOfATurnLeaveInOneWrite) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  const int both = world.attach_live(following({"tea", "coffee"}));
  const auto one = world.commit({{"tea", "a"}});
  const auto two = world.commit({{"coffee", "b"}, {"tea", "c"}});
  world.deliver({one, two});
  EXPECT_EQ(story(world.read(fd)), (Names{"1001-0", "1003-0"}));
  EXPECT_EQ(world.read(both), world.frames({"tea", "coffee"}, Dialect::kV1, Framing::kChunked));
}

TEST(FanOut, ABatchThatCameAlreadyIsNotToldAgain) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  const auto batch = world.commit({{"tea", "a"}});
  world.deliver({batch});
  world.deliver({batch});
  EXPECT_EQ(story(world.read(fd)), Names{"1001-0"});
}

TEST(FanOut, AStreamOfManyRoomsGetsThemInTheOrderOfTheirIds) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea", "coffee", "water"}));
  world.publish({{"water", "1"}, {"tea", "2"}, {"milk", "3"}, {"water", "4"}, {"coffee", "5"}});
  EXPECT_EQ(story(world.read(fd)), (Names{"1001-0", "1002-0", "1004-0", "1005-0"}));
}

// A stream that attaches between apply() and the end of the turn sees what it missed, once.
TEST(FanOut, WhoeverComesMidwayMissesNothing) {
  StreamWorld world;
  const auto batch = world.commit({{"tea", "a"}});
  const int early = world.attach(following({"tea"}));
  world.deliver({batch});
  const int late = world.attach(following({"tea"}, EventId{1000, 0}));
  world.settle();
  EXPECT_EQ(story(world.read(early)), (Names{"hello", "1001-0"}));
  EXPECT_EQ(story(world.read(late)), (Names{"hello", "1001-0"}));
  world.publish({{"tea", "b"}});
  EXPECT_EQ(story(world.read(early)), Names{"1002-0"});
  EXPECT_EQ(story(world.read(late)), Names{"1002-0"});
}

// --- Writes that are not taken whole -----------------------------------------------------------

struct Cut {
  const char* name;
  bool is_chunked;
  std::vector<std::string> rooms;
  std::size_t recent_bytes;
};

class FanOutCut : public testing::TestWithParam<Cut> {
 protected:
  // A live stream that will take `bytes` of what it is told.
  static int attach_narrow(StreamWorld& world, std::size_t bytes) {
    const int fd = world.attach_live(following(GetParam().rooms), GetParam().is_chunked);
    world.transport.socket(fd).capacity = bytes;
    return fd;
  }
  static std::string wanted(const StreamWorld& world) {
    return world.frames(GetParam().rooms, Dialect::kV1, framing_of(GetParam().is_chunked));
  }
  static void publish(StreamWorld& world) {
    world.publish({{"tea", "one"}, {"coffee", "two"}, {"tea", "a longer three"}, {"tea", "4"}});
  }
};

TEST_P(FanOutCut, AtAnyByteTheRestFollowsOnce) {
  std::size_t size = 1;
  for (std::size_t cut = 0; cut <= size; ++cut) {
    SCOPED_TRACE("cut at " + std::to_string(cut));
    StreamWorld world({.recent_bytes = GetParam().recent_bytes});
    const int fd = attach_narrow(world, cut);
    publish(world);
    const std::string all = wanted(world);
    size = all.size();
    EXPECT_EQ(world.transport.socket(fd).in_flight, all.substr(0, cut));
    // What comes meanwhile waits its turn.
    world.publish({{"tea", "meanwhile"}});
    EXPECT_EQ(world.transport.socket(fd).in_flight, all.substr(0, cut));
    world.make_room(fd, kAmple);
    world.settle();
    EXPECT_EQ(world.transport.socket(fd).in_flight, wanted(world));
    (void)world.read(fd);
    world.publish({{"tea", "and live again"}});
    EXPECT_EQ(story(world.read(fd), GetParam().is_chunked).size(), 1U);
    if (HasFailure()) return;
  }
}

TEST_P(FanOutCut, AtEveryByteTheSameBytesComeOut) {
  for (const std::size_t step : {1U, 2U, 7U}) {
    StreamWorld world({.recent_bytes = GetParam().recent_bytes});
    const int fd = attach_narrow(world, 0);
    publish(world);
    const std::string all = wanted(world);
    for (std::size_t i = 0; i < all.size() && world.transport.socket(fd).in_flight.size() < all.size(); ++i) {
      world.make_room(fd, step);
      world.settle();
    }
    EXPECT_EQ(world.transport.socket(fd).in_flight, all);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, FanOutCut,
                         testing::Values(Cut{"chunked", true, {"tea"}, kAmple},
                                         Cut{"plain", false, {"tea"}, kAmple},
                                         Cut{"many_rooms", true, {"tea", "coffee"}, kAmple},
                                         Cut{"from_the_journal", true, {"tea"}, 0},
                                         Cut{"many_rooms_from_the_journal", false, {"coffee", "tea"}, 0}),
                         [](const auto& cut) { return std::string(cut.param.name); });

TEST(FanOut, AFailedWriteClosesTheStreamAndOnlyThat) {
  for (const auto& rooms : {Names{"tea"}, Names{"tea", "coffee"}}) {
    StreamWorld world;
    const int broken = world.attach_live(following(rooms));
    const int fine = world.attach_live(following(rooms));
    world.transport.socket(broken).is_broken = true;
    world.deliver({world.commit({{"tea", "a"}}, {joined("tea", "ada")})});
    EXPECT_FALSE(world.is_open(broken));
    EXPECT_EQ(world.counters.count(net::CloseReason::kPeerFailed, net::Closed::kStream), 1U);
    EXPECT_EQ(story(world.read(fine)), (Names{"1001-0", "userJoined"}));
    world.publish({{"tea", "b"}});
    EXPECT_EQ(story(world.read(fine)), Names{"1002-0"});
  }
}

// --- Transients --------------------------------------------------------------------------------

TEST(FanOut, TransientsComeAfterTheEventsOfTheirTurn) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  const int both = world.attach_live(following({"coffee", "tea"}));
  const int coffee = world.attach_live(following({"coffee"}));
  const auto one = world.commit({{"tea", "a"}}, {joined("tea", "ada"), joined("nowhere", "bob")});
  const auto two = world.commit({{"tea", "b"}});
  world.deliver({one, two});
  EXPECT_EQ(story(world.read(fd)), (Names{"1001-0", "1002-0", "userJoined"}));
  EXPECT_EQ(story(world.read(both)), (Names{"1001-0", "1002-0", "userJoined"}));
  EXPECT_EQ(world.read(coffee), "");
}

TEST(FanOut, TransientsAreForLiveStreamsOnly) {
  StreamWorld world;
  const int behind = world.attach_live(following({"tea"}));
  world.transport.socket(behind).capacity = 0;
  const int coming = world.attach(following({"tea"}));
  world.deliver({world.commit({{"tea", "a"}}, {joined("tea", "ada")})});
  world.make_room(behind, kAmple);
  world.settle();
  EXPECT_EQ(story(world.read(behind)), Names{"1001-0"});
  EXPECT_EQ(story(world.read(coming)), (Names{"hello", "1001-0"}));
}

TEST(FanOut, ATransientCutAtAnyByteIsWholeOrMissing) {
  const std::string whole(joined("tea", "ada").frames[static_cast<std::size_t>(Dialect::kV1)].chunked());
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    StreamWorld world;
    const int fd = world.attach_live(following({"tea"}));
    world.transport.socket(fd).capacity = cut;
    world.deliver({world.commit({}, {joined("tea", "ada")})});
    world.make_room(fd, kAmple);
    world.settle();
    world.publish({{"tea", "a"}});
    const std::string message = world.frames({"tea"}, Dialect::kV1, Framing::kChunked);
    EXPECT_EQ(world.read(fd), (cut == 0 ? "" : whole) + message) << "cut at " << cut;
  }
}

// --- Missed batches ----------------------------------------------------------------------------

TEST(FanOut, AMissedBatchIsReadInTheJournal) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  const int both = world.attach_live(following({"tea", "coffee"}));
  const auto first = world.commit({{"tea", "a"}});
  (void)world.commit({{"tea", "missed"}, {"coffee", "missed"}});
  const auto third = world.commit({{"tea", "c"}});
  world.deliver({first, third});
  EXPECT_EQ(story(world.read(fd)), Names{"1001-0"}) << "what was there before the gap is told";
  EXPECT_EQ(world.read(both), chunk(room::render(world.log[0], Dialect::kV1).plain()));
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"1002-0", "1004-0"}));
  EXPECT_EQ(story(world.read(both)), (Names{"1002-0", "1003-0", "1004-0"}));
  world.publish({{"tea", "live"}});
  EXPECT_EQ(story(world.read(fd)), Names{"1005-0"});
}

// The writer's nudge: an empty batch at the head.
TEST(FanOut, AnEmptyBatchTellsOfWhatWasMissed) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  (void)world.commit({{"tea", "missed"}});
  world.deliver({world.commit({})});
  world.settle();
  EXPECT_EQ(story(world.read(fd)), Names{"1001-0"});
}

TEST(FanOut, ABatchMissedWhileAPageIsOnItsWayIsReadAfterIt) {
  StreamWorld world({.recent_bytes = 0});
  world.publish({{"tea", "a"}});
  const int fd = world.attach(following({"tea"}, EventId{1000, 0}));
  world.catch_up();
  ASSERT_EQ(world.questions.size(), 1U);
  (void)world.commit({{"tea", "missed"}});
  world.deliver({world.commit({{"tea", "c"}})});
  world.settle();
  EXPECT_EQ(story(world.read(fd)), (Names{"hello", "1001-0", "1002-0", "1003-0"}));
}

}  // namespace tinychat::hub::fan_out_test
