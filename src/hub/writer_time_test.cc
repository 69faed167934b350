// Who is there, and what the writer does by the clock.

#include <gtest/gtest.h>

#include "hub/writer_world.h"

namespace tinychat::hub {
namespace {

using namespace std::chrono_literals;
using journal::FaultyJournal;
using Texts = std::vector<std::string>;
using World = WriterWorld;
using enum PresenceCommand::Kind;

// --- Presence ----------------------------------------------------------------------------------

TEST(Writer, TellsOfTheFirstJoinAndTheLastLeave) {
  World world;
  world.handle(list(presence(kJoin), presence(kJoin), presence(kJoin, "ada")));
  EXPECT_EQ(transients(world.open(0)), (Texts{"tea: userJoined", "tea: userJoined"}));
  world.handle(list(presence(kLeave)));
  EXPECT_TRUE(world.open(0).batches.empty());
  world.handle(list(presence(kLeave)));
  EXPECT_EQ(transients(world.open(0)), Texts{"tea: userLeft"});
}

TEST(Writer, WhoeverIsExpectedBackLeavesOnlyIfHeStaysAway) {
  World world;
  world.handle(list(presence(kJoin), presence(kJoin, "ada")));
  (void)world.open(0);
  world.handle(list(presence(kLeaveSoon), presence(kLeaveSoon, "ada")));
  world.clock.advance(5s);
  world.handle(list(presence(kJoin)));
  world.clock.advance(4999ms);
  world.writer.handle_time();
  EXPECT_TRUE(world.open(0).batches.empty());
  world.clock.advance(1ms);
  world.writer.handle_time();
  auto mail = world.open(0);
  ASSERT_EQ(transients(mail), Texts{"tea: userLeft"});
  EXPECT_NE(mail.batches[0]->transients[0].frames[0].plain().find("ada"), std::string_view::npos);
  world.handle(list(presence(kLeave)));
  EXPECT_EQ(transients(world.open(0)), Texts{"tea: userLeft"}) << "mason was there all the time";
}

// --- Time --------------------------------------------------------------------------------------

TEST(Writer, TrimsByAgeOnceAMinute) {
  World world(100, {.age_milliseconds_max = 1000});
  world.writer.handle_time();
  EXPECT_EQ(world.journal.trims, std::vector{world.clock.utc_milliseconds()});
  world.handle(list(say(1, "old")));
  world.clock.advance(59s);
  world.writer.handle_time();
  EXPECT_EQ(world.journal.trims.size(), 1U);
  EXPECT_EQ(world.stored().size(), 1U);
  world.clock.advance(1s);
  world.writer.handle_time();
  EXPECT_EQ(world.journal.trims.size(), 2U);
  EXPECT_TRUE(world.stored().empty());
}

TEST(Writer, TrimsOnAtOnceWhileThereIsMore) {
  World world;
  world.journal.has_more_to_trim = true;
  world.writer.handle_time();
  world.writer.handle_time();
  EXPECT_EQ(world.journal.trims.size(), 2U);
  world.journal.has_more_to_trim = false;
  world.writer.handle_time();
  world.writer.handle_time();
  EXPECT_EQ(world.journal.trims.size(), 3U);
}

TEST(Writer, ATrimThatFailsIsTriedAgainAMinuteLater) {
  World world;
  world.faulty.plan({.operations = FaultyJournal::kTrim, .first = 1, .count = 1});
  world.writer.handle_time();
  world.writer.handle_time();
  EXPECT_EQ(world.journal.trims.size(), 1U);
  world.clock.advance(60s);
  world.writer.handle_time();
  EXPECT_EQ(world.journal.trims.size(), 2U);
}

}  // namespace
}  // namespace tinychat::hub
