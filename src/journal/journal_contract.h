// The journals that are asked for what every Journal promises, and the asking.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal_fixtures.h"

namespace tinychat::journal {

using Ids = std::vector<EventId>;

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Journal>(const TemporaryDirectory&, Retention)> make;

  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

inline std::unique_ptr<Journal> make_sqlite(const TemporaryDirectory& directory, Retention retention,
                                            Durability durability) {
  auto journal = open_sqlite_journal({directory.path(), durability, retention, ""}, ManualClock());
  if (!journal) ADD_FAILURE() << journal.error().detail;
  return journal ? *std::move(journal) : nullptr;
}

inline const Kind kKinds[] = {
    {"memory", [](const auto&, Retention retention) { return make_memory_journal(at(0), retention); }},
    {"sqlite", [](const auto& directory,
                  Retention retention) { return make_sqlite(directory, retention, Durability::kFsync); }},
    {"sqlite_os", [](const auto& directory,
                     Retention retention) { return make_sqlite(directory, retention, Durability::kOs); }},
    {"faulty_memory",
     [](const auto&, Retention retention) {
       return std::make_unique<FaultyJournal>(make_memory_journal(at(0), retention));
     }},
    {"faulty_sqlite",
     [](const auto& directory, Retention retention) {
       return std::make_unique<FaultyJournal>(make_sqlite(directory, retention, Durability::kOs));
     }},
};

class JournalContract : public testing::TestWithParam<Kind> {
 protected:
  void open(Retention retention) {
    reader_.reset();
    journal_.reset();
    directory_.emplace();
    journal_ = GetParam().make(*directory_, retention);
    ASSERT_NE(journal_, nullptr);
    auto reader = journal_->open_reader();
    ASSERT_TRUE(reader) << reader.error().detail;
    reader_ = *std::move(reader);
  }
  void SetUp() override { open({}); }

  void append(std::vector<room::Event> events) {
    const auto done = journal_->append(events);
    ASSERT_TRUE(done) << done.error().detail;
  }
  Page read_after(std::vector<std::string> rooms, EventId after, EventId through = kEnd,
                  std::size_t events_max = kMany, std::size_t bytes_max = kMany) {
    auto page = reader_->read_after(rooms, after, through, events_max, bytes_max);
    if (!page) ADD_FAILURE() << page.error().detail;
    return page.value_or(Page{});
  }
  Ids read_before(std::string_view room, EventId before, std::size_t count) {
    const auto events = reader_->read_before(room, before, count);
    if (!events) ADD_FAILURE() << events.error().detail;
    return ids(events.value_or(std::vector<room::Event>{}));
  }
  std::optional<room::Event> find(std::string_view room, EventId id) {
    return reader_->find(room, id).value_or(std::nullopt);
  }
  std::optional<EventId> by_key(std::string_view room, std::string_view key) {
    const auto found = journal_->find_by_key(room, key);
    if (!found) ADD_FAILURE() << found.error().detail;
    if (!found || !*found) return std::nullopt;
    return (*found)->id;
  }
  std::vector<std::string> rooms(std::string_view after, std::size_t count) {
    std::vector<std::string> shown;
    const auto summaries = reader_->rooms(after, count);
    if (!summaries) ADD_FAILURE() << summaries.error().detail;
    for (const auto& [name, messages, last, topic] : summaries.value_or(std::vector<RoomSummary>{})) {
      shown.push_back(name + ' ' + std::to_string(messages) + ' ' +
                      std::to_string(last.milliseconds - kOriginMilliseconds));
    }
    return shown;
  }

  std::optional<TemporaryDirectory> directory_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<JournalReader> reader_;
};

}  // namespace tinychat::journal
