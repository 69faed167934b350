// For tests of the writer: one writer over a journal that can be watched and can fail, and two shards that
// are nothing but their mailboxes. The test holds the clock and says when a round begins.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/writer.h"
#include "journal/faulty_journal.h"
#include "journal/memory_journal.h"

namespace tinychat::hub {

inline constexpr EventId kWriterOrigin{1'600'000'000'000, 0};

// Lets the test look around at the moment of an append, and see the trims.
class WatchedJournal final : public journal::EmbeddedJournal {
 public:
  explicit WatchedJournal(EmbeddedJournal& journal) : journal_(journal) {}

  [[nodiscard]] EventId origin() const override { return journal_.origin(); }
  [[nodiscard]] EventId head() const override { return journal_.head(); }
  Result<void> append(std::span<const room::Event> events) override {
    appends.push_back(events.size());
    if (on_append) on_append();
    return journal_.append(events);
  }
  Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) override {
    return journal_.find_by_key(room, key);
  }
  Result<bool> takes_room(std::string_view room) override { return journal_.takes_room(room); }
  Result<bool> trim_by_age(std::uint64_t now) override {
    trims.push_back(now);
    if (has_more_to_trim) return true;
    return journal_.trim_by_age(now);
  }
  Result<journal::Erased> erase(std::string_view author, const std::string& from) override {
    if (from.empty()) return journal::Erased{.events = 0, .end = "middle"};
    return journal_.erase(author, {});
  }
  Result<void> check() override { return journal_.check(); }
  Result<std::unique_ptr<journal::JournalReader>> open_reader() override { return journal_.open_reader(); }

  std::vector<std::size_t> appends;
  std::vector<std::uint64_t> trims;
  bool has_more_to_trim = false;
  std::function<void()> on_append;

 private:
  EmbeddedJournal& journal_;
};

struct WriterWorld {
  explicit WriterWorld(std::size_t inbox_capacity = 100, journal::Retention retention = {})
      : faulty(journal::make_memory_journal(kWriterOrigin, retention)),
        journal(faulty),
        committed(journal.head()),
        inbox_0(inbox_capacity),
        inbox_1(inbox_capacity),
        writer(journal, clock, inbox, {shards[0], shards[1]}, committed) {}

  // One shard's mail, in its order.
  struct Mail {
    std::vector<SharedBatch> batches;
    std::map<std::uint64_t, Result<Published>> acks;
    std::vector<std::string> order;  // "batch", "acks"
  };
  Mail open(std::size_t shard) {
    Mail mail;
    std::vector<ShardMessage> messages;
    shards[shard]->drain(messages);
    for (auto& message : messages) {
      if (auto* batch = std::get_if<SharedBatch>(&message)) {
        mail.batches.push_back(*batch);
        mail.order.emplace_back("batch");
      } else {
        mail.order.emplace_back("acks");
        for (auto& ack : std::get<PublishAcks>(message)) {
          EXPECT_TRUE(mail.acks.emplace(ack.ticket, std::move(ack.outcome)).second) << "acknowledged twice";
        }
      }
    }
    return mail;
  }

  // What is to be done on a shard.
  std::vector<Completion> answers(std::size_t shard) {
    std::vector<Completion> answers;
    std::vector<ShardMessage> messages;
    shards[shard]->drain(messages);
    for (auto& message : messages) {
      if (auto* answer = std::get_if<Completion>(&message)) answers.push_back(std::move(*answer));
    }
    return answers;
  }

  void handle(std::vector<WriterCommand> commands) { writer.handle(commands); }

  // Everything of these rooms, as the journal has it.
  std::vector<room::Event> stored() {
    auto reader = std::move(*faulty.open_reader());
    const std::vector<std::string> rooms = {"tea", "coffee"};
    return reader->read_after(rooms, {}, faulty.head(), 10'000, 1 << 20)->events;
  }

  ManualClock clock;
  journal::FaultyJournal faulty;
  WatchedJournal journal;
  CommittedHead committed;
  WriterInbox inbox{1000};
  ShardInbox inbox_0;
  ShardInbox inbox_1;
  const std::array<ShardInbox*, 2> shards{&inbox_0, &inbox_1};
  Writer writer;
};

inline PublishCommand say(std::uint64_t ticket, std::string text, std::string key = "",
                          std::string room = "tea") {
  return {.shard = ticket % 2,
          .ticket = ticket,
          .request = {.room = std::move(room),
                      .sender = "mason",
                      .text = std::move(text),
                      .idempotency_key = std::move(key)}};
}

inline PresenceCommand presence(PresenceCommand::Kind kind, std::string name = "mason",
                                std::string room = "tea") {
  return {.kind = kind, .room = std::move(room), .name = std::move(name)};
}

inline std::vector<WriterCommand> list(auto... commands) {
  std::vector<WriterCommand> all;
  (all.emplace_back(std::move(commands)), ...);
  return all;
}

inline std::vector<std::string> transients(const WriterWorld::Mail& mail) {
  std::vector<std::string> texts;
  for (const auto& batch : mail.batches) {
    for (const auto& one : batch->transients) {
      const auto frame = one.frames[static_cast<std::size_t>(room::Dialect::kV1)].plain();
      texts.push_back(one.room + ": " + std::string(frame.substr(7, frame.find('\n') - 7)));
    }
  }
  return texts;
}

}  // namespace tinychat::hub
