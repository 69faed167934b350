#include "hub/writer.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "hub/writer_world.h"

namespace tinychat::hub::writer_test {

using Texts = std::vector<std::string>;
using World = WriterWorld;
using enum PresenceCommand::Kind;

// --- Publishing --------------------------------------------------------------------------------

TEST(Writer, StoresDeliversToAllShardsAndAcknowledgesToTheOneThatAsked) {
  World world;
  world.handle(list(say(1, "hi")));
  auto asked = world.open(1);
  auto other = world.open(0);
  EXPECT_EQ(asked.order, (Texts{"batch", "acks"}));
  EXPECT_EQ(other.order, Texts{"batch"});
  EXPECT_EQ(asked.batches[0], other.batches[0]) << "the very same, not a copy";
  const auto& published = asked.acks.at(1).value();
  EXPECT_FALSE(published.is_repeat);
  EXPECT_EQ(published.event.id, (EventId{world.clock.utc_milliseconds(), 0}));
  EXPECT_EQ(published.event.sender, "mason");
  EXPECT_EQ(published.event.text, "hi");
  EXPECT_EQ(world.stored(), std::vector{published.event});
  const auto& batch = *asked.batches[0];
  EXPECT_EQ(batch.previous, kWriterOrigin);
  EXPECT_EQ(batch.head, published.event.id);
  ASSERT_EQ(batch.events.size(), 1U);
  EXPECT_EQ(batch.events[0]->frame(room::Dialect::kV1).chunked(),
            room::render(published.event, room::Dialect::kV1).chunked());
}

TEST(Writer, AGroupOfPublishesIsOneAppend) {
  World world;
  world.handle(list(say(1, "a"), say(2, "b"), say(3, "c", "", "coffee")));
  EXPECT_EQ(world.journal.appends, std::vector<std::size_t>{3});
  EXPECT_EQ(world.open(0).batches.size(), 1U);
  EXPECT_EQ(world.open(1).acks.size(), 2U);
  world.handle(list(presence(kJoin)));
  EXPECT_EQ(world.journal.appends.size(), 1U) << "presence is not stored";
}

TEST(Writer, NothingIsToldBeforeItIsStored) {
  World world;
  int looked = 0;
  world.journal.on_append = [&] {
    ++looked;
    for (const std::size_t shard : {0U, 1U}) EXPECT_TRUE(world.open(shard).order.empty());
    EXPECT_FALSE(world.committed.reaches({world.clock.utc_milliseconds(), 0}, 0));
  };
  world.handle(list(say(1, "a"), presence(kJoin), say(2, "b")));
  EXPECT_EQ(looked, 1);
  EXPECT_TRUE(world.committed.reaches({world.clock.utc_milliseconds(), 1}, 0));
  EXPECT_FALSE(world.committed.reaches({world.clock.utc_milliseconds(), 2}, 0));
}

TEST(Writer, IdsGrowWhenTheClockStepsBack) {
  World world;
  std::vector<EventId> ids;
  for (const int step : {0, 5, -1'000'000, -1, 2'000'000}) {
    world.clock.set_utc_milliseconds(world.clock.utc_milliseconds() + static_cast<std::uint64_t>(step));
    world.handle(list(say(1, "x")));
    ids.push_back(world.open(1).acks.at(1)->event.id);
  }
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
  EXPECT_EQ(ids[3].milliseconds, ids[1].milliseconds);
}

TEST(Writer, IdsGrowOverARestartWithAClockThatIsWrong) {
  World world;
  world.handle(list(say(1, "x")));
  const EventId last = world.open(1).acks.at(1)->event.id;
  world.clock.set_utc_milliseconds(5);
  CommittedHead committed(world.journal.head());
  Writer next(world.journal, world.clock, world.inbox, {world.shards[0], world.shards[1]}, committed);
  auto commands = list(say(3, "y"));
  next.handle(commands);
  const auto mail = world.open(1);
  EXPECT_GT(mail.acks.at(3)->event.id, last);
  EXPECT_EQ(mail.batches[0]->previous, last);
}

TEST(Writer, BatchesNameTheOneBefore) {
  World world;
  world.handle(list(say(1, "a"), say(2, "b")));
  world.handle(list(presence(kJoin)));
  world.handle(list(say(3, "c")));
  const auto mail = world.open(0);
  ASSERT_EQ(mail.batches.size(), 3U);
  EventId head = kWriterOrigin;
  for (const auto& batch : mail.batches) {
    EXPECT_EQ(batch->previous, head);
    if (!batch->events.empty()) head = batch->events.back()->id;
    EXPECT_EQ(batch->head, head);
  }
}

// --- Idempotency -------------------------------------------------------------------------------

TEST(Writer, ARepeatWithinARoundIsTheFirstOne) {
  World world;
  world.handle(list(say(1, "hi", "key"), say(3, "hi", "key"), say(5, "hi", "other key"), say(7, "hi")));
  auto mail = world.open(1);
  EXPECT_EQ(world.stored().size(), 3U);
  EXPECT_FALSE(mail.acks.at(1)->is_repeat);
  EXPECT_TRUE(mail.acks.at(3)->is_repeat);
  EXPECT_EQ(mail.acks.at(3)->event, mail.acks.at(1)->event);
  EXPECT_FALSE(mail.acks.at(5)->is_repeat);
  EXPECT_FALSE(mail.acks.at(7)->is_repeat);
}

TEST(Writer, ARepeatInALaterRoundIsTheFirstOne) {
  World world;
  world.handle(list(say(1, "hi", "key")));
  const auto first = world.open(1).acks.at(1)->event;
  (void)world.open(0);
  world.handle(list(say(3, "hi", "key")));
  auto mail = world.open(1);
  EXPECT_TRUE(mail.acks.at(3)->is_repeat);
  EXPECT_EQ(mail.acks.at(3)->event, first);
  EXPECT_TRUE(mail.batches.empty()) << "nobody is told twice";
  EXPECT_EQ(world.journal.appends.size(), 1U);
}

TEST(Writer, AKeyBelongsToItsRoom) {
  World world;
  world.handle(list(say(1, "hi", "key", "tea"), say(3, "hi", "key", "coffee")));
  EXPECT_FALSE(world.open(1).acks.at(3)->is_repeat);
  EXPECT_EQ(world.stored().size(), 2U);
}

TEST(Writer, AKeyUsedForAnotherMessageIsRefused) {
  World world;
  auto other_sender = say(5, "hi", "key");
  other_sender.request.sender = "ada";
  world.handle(list(say(1, "hi", "key"), say(3, "other", "key"), std::move(other_sender)));
  world.handle(list(say(7, "other", "key"), say(9, "hi", "key")));
  auto mail = world.open(1);
  EXPECT_TRUE(mail.acks.at(1));
  for (const std::uint64_t ticket : {3U, 5U, 7U}) {
    ASSERT_FALSE(mail.acks.at(ticket)) << ticket;
    EXPECT_EQ(mail.acks.at(ticket).error().code, Code::kUnprocessable);
  }
  EXPECT_TRUE(mail.acks.at(9)->is_repeat);
  EXPECT_EQ(world.stored().size(), 1U);
}

// Names are no part of what somebody known by an id has sent.
TEST(Writer, ARepeatUnderANewNameIsTheFirstOne) {
  WriterWorld world;
  const auto by = [](std::uint64_t ticket, std::string name, std::string author) {
    auto command = say(ticket, "hi", "key");
    command.request.sender = std::move(name);
    command.request.author = std::move(author);
    return command;
  };
  world.handle(list(by(0, "mason", "u1"), by(2, "grace", "u1")));
  world.handle(list(by(4, "ada", "u1"), by(6, "mason", "u2"), by(8, "mason", "")));
  const auto acks = world.open(0).acks;
  EXPECT_EQ(acks.at(0)->event.author, "u1");
  for (const std::uint64_t repeat : {2U, 4U}) {
    EXPECT_TRUE(acks.at(repeat)->is_repeat);
    EXPECT_EQ(acks.at(repeat)->event, acks.at(0)->event);
  }
  EXPECT_EQ(acks.at(6).error().code, Code::kUnprocessable);
  EXPECT_EQ(acks.at(8).error().code, Code::kUnprocessable);
}

TEST(Writer, AKeyIsKeptAsLongAsItsMessage) {
  World world(100, {.messages_max = 1});
  world.handle(list(say(1, "hi", "key")));
  world.handle(list(say(3, "next")));
  world.handle(list(say(5, "hi", "key")));
  EXPECT_FALSE(world.open(1).acks.at(5)->is_repeat);
}

// --- Its thread --------------------------------------------------------------------------------

TEST(Writer, RunsUntilItsInboxIsClosedAndDone) {
  World world(10'000);
  std::vector<WriterCommand> commands;
  const std::size_t count = 900;
  for (std::uint64_t ticket = 0; ticket < count; ++ticket) {
    ASSERT_TRUE(world.inbox.try_push(say(ticket, "x")));
  }
  world.inbox.close();
  world.writer.run();
  EXPECT_EQ(world.open(0).acks.size() + world.open(1).acks.size(), count);
  EXPECT_EQ(world.stored().size(), count);
}

TEST(Writer, ItsPulseStandsStillWhileTheDiskDoes) {
  World world;
  world.clock.advance(std::chrono::hours(1));
  const SteadyTime began = world.clock.steady();
  world.journal.on_append = [&] {
    EXPECT_TRUE(world.writer.pulse().has_beaten_since(began));
    world.clock.advance(std::chrono::seconds(10));
    EXPECT_FALSE(world.writer.pulse().has_beaten_since(began + std::chrono::seconds(1)));
  };
  ASSERT_TRUE(world.inbox.try_push(say(1, "x")));
  world.inbox.close();
  world.writer.run();
  EXPECT_EQ(world.journal.appends.size(), 1U);
}

TEST(Writer, CommitsAtMostSoManyInOneBatch) {
  World world(10'000);
  WriterInbox inbox(limits::kWriterQueueMax);
  Writer writer(world.journal, world.clock, inbox, {world.shards[0], world.shards[1]}, world.committed);
  for (std::uint64_t ticket = 0; ticket < 2 * limits::kBatchEventsMax + 1; ++ticket) {
    ASSERT_TRUE(inbox.try_push(say(ticket, "x")));
  }
  inbox.close();
  writer.run();
  EXPECT_EQ(world.journal.appends,
            (std::vector<std::size_t>{limits::kBatchEventsMax, limits::kBatchEventsMax, 1}));
}

TEST(CommittedHead, ReachesWhatWasCommittedAndNoMore) {
  CommittedHead head({1000, 5});
  EXPECT_TRUE(head.reaches({}, 0));
  EXPECT_TRUE(head.reaches({999, EventIdSource::kSequencesPerMillisecond - 1}, 0));
  EXPECT_TRUE(head.reaches({1000, 5}, 0));
  EXPECT_FALSE(head.reaches({1000, 6}, 0));
  EXPECT_FALSE(head.reaches({1001, 0}, 0));
  EXPECT_FALSE(head.reaches({~std::uint64_t{0}, ~std::uint64_t{0}}, 0));
  EXPECT_FALSE(head.reaches({5, EventIdSource::kSequencesPerMillisecond}, 0)) << "no id looks like that";
  head.store({1001, 0});
  EXPECT_TRUE(head.reaches({1000, 6}, 0)) << "between two ids is a place in the log, too";
  EXPECT_TRUE(head.reaches({1001, 0}, 0));
}

TEST(CommittedHead, OfASharedLogMayReachWhatThisNodeHasNotSeenButNotTheFuture) {
  const CommittedHead head({1000, 5}, true);
  EXPECT_TRUE(head.reaches({1000, 6}, 1000));
  EXPECT_TRUE(head.reaches({11'000, 0}, 1000)) << "clocks differ a little";
  EXPECT_FALSE(head.reaches({11'001, 0}, 1000));
  EXPECT_TRUE(head.reaches({1000, 5}, 0)) << "what it has is in it, whatever the clock says";
}

}  // namespace tinychat::hub::writer_test
