// What becomes of a round that the journal or a shard does not take.

#include <gtest/gtest.h>

#include <set>

#include "hub/writer_world.h"

namespace tinychat::hub::writer_failures_test {

using namespace std::chrono_literals;
using journal::FaultyJournal;
using Texts = std::vector<std::string>;
using World = WriterWorld;
using enum PresenceCommand::Kind;

// --- Failures ----------------------------------------------------------------------------------

TEST(Writer, WhatWasNotStoredIsToldToNobodyAndEveryPublishLearnsIt) {
  World world;
  world.faulty.plan(
      {.operations = FaultyJournal::kAppend, .first = 1, .count = 1, .code = Code::kStorageFull});
  world.handle(list(say(1, "a"), say(2, "b", "key"), say(4, "b", "key"), say(6, "other", "key")));
  auto odd = world.open(1);
  auto even = world.open(0);
  EXPECT_TRUE(odd.batches.empty());
  EXPECT_TRUE(even.batches.empty());
  EXPECT_EQ(odd.acks.at(1).error().code, Code::kStorageFull);
  // The last of them, too: there is no message that its key was used for.
  for (const std::uint64_t ticket : {2U, 4U, 6U}) {
    ASSERT_FALSE(even.acks.at(ticket));
    EXPECT_EQ(even.acks.at(ticket).error().code, Code::kStorageFull) << ticket;
  }
  EXPECT_FALSE(world.committed.reaches({world.clock.utc_milliseconds(), 0}, 0));
  world.handle(list(say(2, "b", "key")));
  even = world.open(0);
  EXPECT_FALSE(even.acks.at(2)->is_repeat) << "the key is free";
  EXPECT_EQ(even.batches.at(0)->previous, kWriterOrigin);
}

TEST(Writer, AKeyThatCannotBeLookedUpFailsItsPublishAlone) {
  World world;
  world.faulty.plan({.operations = FaultyJournal::kFindByKey, .first = 1, .count = 1});
  world.handle(list(say(1, "a", "key"), say(3, "b"), say(5, "a", "key")));
  auto mail = world.open(1);
  EXPECT_EQ(mail.acks.at(1).error().code, Code::kStorageFailed);
  EXPECT_TRUE(mail.acks.at(3));
  ASSERT_TRUE(mail.acks.at(5));
  EXPECT_FALSE(mail.acks.at(5)->is_repeat);
}

TEST(Writer, AFailedAppendStillTellsOfJoins) {
  World world;
  world.faulty.plan({.operations = FaultyJournal::kAppend, .first = 1, .count = 1});
  world.handle(list(say(1, "a"), presence(kJoin)));
  EXPECT_EQ(transients(world.open(0)), Texts{"tea: userJoined"});
}

// Whatever fails when: acks, journal and batches agree, and it goes on.
TEST(Writer, AnyOneOperationMayFail) {
  for (std::uint64_t nth = 1;; ++nth) {
    SCOPED_TRACE("failing operation " + std::to_string(nth));
    World world;
    world.faulty.plan(
        {.operations = FaultyJournal::kAll & ~FaultyJournal::kOpenReader & ~FaultyJournal::kRead,
         .first = nth,
         .count = 1});
    std::vector<WriterCommand> rounds[] = {
        list(say(0, "a", "k1"), say(1, "b"), presence(kJoin)),
        list(say(2, "a", "k1"), say(3, "c", "k2", "coffee"), say(4, "c", "k2", "coffee")),
        list(presence(kLeaveSoon)),
        list(say(5, "d"), say(6, "a", "k1"), say(7, "e", "k3")),
    };
    for (auto& round : rounds) {
      world.writer.handle(round);
      world.clock.advance(70s);
      world.writer.handle_time();
    }
    const bool met = world.faulty.failed() > 0;
    world.faulty.plan({});
    world.handle(list(say(8, "after"), say(9, "after")));

    std::set<EventId> acknowledged;
    std::vector<EventId> told;
    for (const std::size_t shard : {0U, 1U}) {
      const auto mail = world.open(shard);
      EXPECT_EQ(mail.acks.size(), 5U) << "each publish has its answer";
      for (const auto& [ticket, outcome] : mail.acks) {
        if (outcome) acknowledged.insert(outcome->event.id);
        if (ticket >= 8) {
          EXPECT_TRUE(outcome);
        }
      }
      std::vector<EventId> here;
      EventId head = kWriterOrigin;
      for (const auto& batch : mail.batches) {
        EXPECT_EQ(batch->previous, head);
        head = batch->head;
        for (const auto& event : batch->events) here.push_back(event->id);
      }
      if (shard == 1) {
        EXPECT_EQ(here, told);
      }
      told = here;
      EXPECT_EQ(transients(mail), (Texts{"tea: userJoined", "tea: userLeft"}));
    }
    std::vector<EventId> stored;
    for (const auto& event : world.stored()) stored.push_back(event.id);
    EXPECT_EQ(told, stored);
    EXPECT_EQ(std::vector(acknowledged.begin(), acknowledged.end()), stored);
    if (HasFailure() || !met) {
      EXPECT_GT(nth, 8U) << "the scenario is too short to mean much";
      return;
    }
  }
}

// --- A full shard ------------------------------------------------------------------------------

TEST(Writer, AFullShardMissesTheBatchAndIsNudged) {
  World world(2);
  // All by shard 0.
  for (std::uint64_t ticket = 0; ticket < 8; ticket += 2) world.handle(list(say(ticket, "x")));
  auto mail = world.open(1);
  ASSERT_EQ(mail.batches.size(), 2U);
  world.writer.handle_time();
  mail = world.open(1);
  ASSERT_EQ(mail.batches.size(), 1U);
  const EventId head = world.journal.head();
  EXPECT_EQ(mail.batches[0]->previous, head);
  EXPECT_EQ(mail.batches[0]->head, head);
  EXPECT_TRUE(mail.batches[0]->events.empty());
  world.writer.handle_time();
  EXPECT_TRUE(world.open(1).batches.empty()) << "once is enough";
  EXPECT_EQ(world.open(0).acks.size(), 4U) << "answers always have room";
}

TEST(Writer, AShardThatStaysFullIsNudgedUntilItTakesIt) {
  World world(1);
  for (std::uint64_t ticket = 0; ticket < 4; ticket += 2) world.handle(list(say(ticket, "x")));
  world.writer.handle_time();
  world.writer.handle_time();
  EXPECT_EQ(world.open(1).batches.size(), 1U);
  world.writer.handle_time();
  const auto mail = world.open(1);
  ASSERT_EQ(mail.batches.size(), 1U);
  EXPECT_EQ(mail.batches[0]->head, world.journal.head());
}

}  // namespace tinychat::hub::writer_failures_test
