#include "hub/journal_readers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include "base/limits.h"
#include "journal/faulty_journal.h"
#include "journal/memory_journal.h"

namespace tinychat::hub::journal_readers_test {

using namespace std::chrono_literals;

std::unique_ptr<journal::EmbeddedJournal> a_journal() { return journal::make_memory_journal({1000, 0}, {}); }

// Runs completions until `count` have come.
void take_answers(ShardInbox& inbox, std::size_t count) {
  std::vector<ShardMessage> messages;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (count > 0 && std::chrono::steady_clock::now() < deadline) {
    (void)inbox.wait_and_drain(messages, deadline);
    ASSERT_LE(messages.size(), count);
    for (auto& message : messages) std::get<Completion>(message)();
    count -= messages.size();
  }
  ASSERT_EQ(count, 0U) << "answers are missing";
}

TEST(JournalReaders, AskOnAnotherThreadAndAnswerThroughTheInbox) {
  const auto journal = a_journal();
  ShardInbox inbox(1);
  const auto readers = JournalReaders::start(*journal, 1).value();
  std::thread::id asked_on;
  std::thread::id answered_on;
  ASSERT_TRUE(readers->ask(
      0,
      [&](journal::JournalReader& reader) -> Completion {
        asked_on = std::this_thread::get_id();
        const bool is_empty = reader.rooms("", 10)->empty();
        return [&, is_empty] {
          EXPECT_TRUE(is_empty);
          answered_on = std::this_thread::get_id();
        };
      },
      inbox));
  take_answers(inbox, 1);
  EXPECT_NE(asked_on, std::this_thread::get_id());
  EXPECT_EQ(answered_on, std::this_thread::get_id());
}

TEST(JournalReaders, AskTheQuestionsOfAShardInTheirOrder) {
  const auto journal = a_journal();
  std::vector<std::unique_ptr<ShardInbox>> inboxes;
  const auto readers = JournalReaders::start(*journal, 2).value();
  std::vector<std::vector<int>> order(3);
  for (std::size_t shard = 0; shard < 3; ++shard) inboxes.push_back(std::make_unique<ShardInbox>(1));
  for (int i = 0; i < 200; ++i) {
    for (std::size_t shard = 0; shard < 3; ++shard) {
      ASSERT_TRUE(readers->ask(
          shard,
          [&order, shard, i](journal::JournalReader&) -> Completion {
            return [&order, shard, i] { order[shard].push_back(i); };
          },
          *inboxes[shard]));
    }
  }
  for (std::size_t shard = 0; shard < 3; ++shard) {
    take_answers(*inboxes[shard], 200);
    EXPECT_TRUE(std::ranges::is_sorted(order[shard]));
  }
}

TEST(JournalReaders, RefuseWhenTooManyAreWaiting) {
  const auto journal = a_journal();
  ShardInbox inbox(1);
  std::latch asked(1);
  std::latch goes_on(1);
  const auto readers = JournalReaders::start(*journal, 1).value();
  ASSERT_TRUE(readers->ask(
      0,
      [&](journal::JournalReader&) -> Completion {
        asked.count_down();
        goes_on.wait();
        return [] {};
      },
      inbox));
  asked.wait();
  std::size_t waiting = 0;
  const auto ask = [&] {
    return readers->ask(0, [](journal::JournalReader&) -> Completion { return [] {}; }, inbox);
  };
  while (waiting <= limits::kReadQueueMax && ask()) ++waiting;
  EXPECT_EQ(waiting, limits::kReadQueueMax);
  goes_on.count_down();
  take_answers(inbox, waiting + 1);
  EXPECT_TRUE(ask());
  take_answers(inbox, 1);
}

TEST(JournalReaders, AnswerWhatTheyHaveTakenBeforeTheyEnd) {
  const auto journal = a_journal();
  ShardInbox inbox(1);
  auto readers = JournalReaders::start(*journal, 2).value();
  int answered = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(
        readers->ask(i, [&](journal::JournalReader&) -> Completion { return [&] { ++answered; }; }, inbox));
  }
  readers.reset();
  take_answers(inbox, 100);
  EXPECT_EQ(answered, 100);
}

TEST(JournalReaders, AJournalThatCannotBeOpenedIsAnError) {
  journal::FaultyJournal journal(a_journal());
  journal.plan({.operations = journal::FaultyJournal::kOpenReader, .first = 2, .count = 1});
  const auto readers = JournalReaders::start(journal, 3);
  ASSERT_FALSE(readers);
  EXPECT_EQ(readers.error().code, Code::kStorageFailed);
}

}  // namespace tinychat::hub::journal_readers_test
