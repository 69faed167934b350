// Who is there, and what the writer does by the clock.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "hub/writer_world.h"

namespace tinychat::hub::writer_time_test {

using namespace std::chrono_literals;
using journal::FaultyJournal;
using Texts = std::vector<std::string>;
using World = WriterWorld;
using enum PresenceCommand::Kind;

// --- Erasing -----------------------------------------------------------------------------------

TEST(Writer, ErasesPieceByPieceAndPublishesInBetween) {
  World world;
  auto mine = say(1, "mine");
  mine.request.author = "u1";
  world.handle(list(std::move(mine), say(2, "theirs")));
  (void)world.open(0);
  std::optional<Result<std::uint64_t>> erased;
  world.handle(list(EraseAsked{.shard = 1, .author = "u1", .done = [&](auto outcome) { erased = outcome; }}));
  world.writer.handle_time();
  world.handle(list(say(3, "more")));
  EXPECT_EQ(world.stored().size(), 3U) << "the first piece found nothing";
  world.writer.handle_time();
  EXPECT_EQ(world.stored().size(), 2U);
  for (auto& completion : world.answers(1)) completion();
  ASSERT_TRUE(erased);
  EXPECT_EQ(*erased, 1U);
}

TEST(Writer, SaysSoIfItCannotErase) {
  World world;
  std::optional<Result<std::uint64_t>> erased;
  world.faulty.plan({.operations = FaultyJournal::kErase, .count = 1});
  world.handle(list(EraseAsked{.shard = 0, .author = "u1", .done = [&](auto outcome) { erased = outcome; }}));
  world.writer.handle_time();
  world.writer.handle_time();
  for (auto& completion : world.answers(0)) completion();
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->error().code, Code::kStorageFailed);
}

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

TEST(Writer, AUserIsToldOfByIdAndLeavesUnderTheLastName) {
  World world;
  const auto command = [](PresenceCommand::Kind kind, std::string name) {
    auto made = presence(kind, std::move(name));
    made.user = "u1";
    return made;
  };
  const auto text = [](const WriterWorld::Mail& mail) {
    std::string all;
    for (const auto& batch : mail.batches) {
      for (const auto& one : batch->transients) all += one.frames[1].plain();
    }
    return all;
  };
  world.handle(list(command(kJoin, "mason"), command(kJoin, "mason"), presence(kJoin)));
  EXPECT_EQ(text(world.open(0)),
            "event: userJoined\ndata: {\"room\":\"tea\",\"username\":\"mason\",\"user\":\"u1\"}\n\n"
            "event: userJoined\ndata: {\"room\":\"tea\",\"username\":\"mason\"}\n\n");
  world.handle(list(Signal(RenamedSignal{.user = {"u1", "grace"}, .previous = "mason"}),
                    Signal(RenamedSignal{.user = {"u2", "ada"}, .previous = "x"})));
  EXPECT_EQ(text(world.open(0)),
            "event: userRenamed\n"
            "data: {\"room\":\"tea\",\"user\":\"u1\",\"username\":\"grace\",\"previous\":\"mason\"}\n\n");
  world.handle(list(command(kLeaveSoon, "mason"), command(kLeave, "mason")));
  EXPECT_EQ(text(world.open(0)), "");
  world.clock.advance(10s);
  world.writer.handle_time();
  EXPECT_EQ(text(world.open(0)),
            "event: userLeft\ndata: {\"room\":\"tea\",\"username\":\"grace\",\"user\":\"u1\"}\n\n");
}

TEST(Writer, WhereVeryManyAreTheyComeAndGoUntold) {
  World world;
  for (std::size_t i = 0; i < limits::kPeopleListedMax; ++i)
    world.handle(list(presence(kJoin, std::to_string(i))));
  (void)world.open(0);
  auto user = presence(kJoin);
  user.user = "u1";
  world.handle(list(user, presence(kJoin, "named")));
  EXPECT_EQ(transients(world.open(0)), Texts{});
  world.handle(list(presence(kLeave, "named"), presence(kLeave, "1")));
  (void)world.open(0);
  user.kind = kLeave;
  world.handle(list(user));
  EXPECT_EQ(transients(world.open(0)), Texts{"tea: userLeft"});
}

TEST(Writer, TellsOfTypingNowAndThen) {
  World world;
  const auto typing = [](std::string room, std::string user) {
    return Signal(TypingSignal{.room = std::move(room), .user = {std::move(user), "mason"}});
  };
  world.handle(list(typing("tea", "u1"), typing("tea", "u1"), typing("coffee", "u1"), typing("tea", "u2")));
  auto mail = world.open(1);
  EXPECT_EQ(transients(mail), (Texts{"tea: typing", "coffee: typing", "tea: typing"}));
  EXPECT_TRUE(mail.batches[0]->transients[0].is_v1_only);
  world.clock.advance(2999ms);
  world.handle(list(typing("tea", "u1")));
  EXPECT_TRUE(world.open(1).batches.empty());
  world.clock.advance(1ms);
  world.handle(list(typing("tea", "u1")));
  EXPECT_EQ(transients(world.open(1)), Texts{"tea: typing"});
}

TEST(Writer, TellsAUserWhatIsForThemAlone) {
  World world;
  world.handle(list(Signal(UserSignal{.user = "u1", .event = "readPosition", .json = "{}"})));
  const auto mail = world.open(0);
  ASSERT_EQ(transients(mail), Texts{": readPosition"});
  EXPECT_EQ(mail.batches[0]->transients[0].user, "u1");
}

TEST(Writer, TellsARoomWhatHasChangedOfIt) {
  World world;
  world.handle(list(Signal(RoomSignal{.room = "tea", .event = "roomChanged", .json = "{}"})));
  const auto mail = world.open(0);
  ASSERT_EQ(transients(mail), Texts{"tea: roomChanged"});
  EXPECT_TRUE(mail.batches[0]->transients[0].is_v1_only);
  EXPECT_EQ(mail.batches[0]->transients[0].user, "");
}

TEST(Writer, AnswersWhoIsThere) {
  World world;
  room::Attendance found;
  std::vector<WriterCommand> commands = list(presence(kJoin), presence(kJoin, "ada"));
  commands.emplace_back(AttendanceAsked{
      .shard = 1, .room = "tea", .done = [&](auto attendance) { found = std::move(*attendance); }});
  world.handle(std::move(commands));
  std::vector<ShardMessage> messages;
  world.shards[1]->drain(messages);
  for (auto& message : messages) {
    if (auto* completion = std::get_if<Completion>(&message)) (*completion)();
  }
  EXPECT_EQ(found, (room::Attendance{2, {{"", "ada"}, {"", "mason"}}}));
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

TEST(Writer, AClockThatLeapsTakesNoMessagesAndIdsGrow) {
  World world(100, {.age_milliseconds_max = 3'600'000});
  world.writer.keep_for(1h);
  const std::uint64_t start = world.clock.utc_milliseconds();
  std::vector<EventId> ids;
  const auto say_and_trim = [&](std::uint64_t utc) {
    world.clock.set_utc_milliseconds(utc);
    world.handle(list(say(2 * ids.size(), "x", "", "tea")));
    auto mail = world.open(0);
    ids.push_back(mail.acks.begin()->second->event.id);
    world.clock.advance(1min);
    world.writer.handle_time();
    EXPECT_EQ(world.stored().size(), ids.size());
  };
  constexpr std::uint64_t kYear = 365ULL * 24 * 3'600'000;
  for (const std::uint64_t utc : {start, start + kYear, start + kYear + 70'000, start + 200'000,
                                  start - 3'000'000, start + 300'000, start + 400'000}) {
    say_and_trim(utc);
  }
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
}

}  // namespace tinychat::hub::writer_time_test
