#include "journal/faulty_journal.h"

#include <utility>

namespace tinychat::journal {
namespace {

class FaultyReader final : public JournalReader {
 public:
  FaultyReader(FaultyJournal& journal, std::unique_ptr<JournalReader> reader)
      : journal_(journal), reader_(std::move(reader)) {}

  Result<Page> read_after(std::span<const std::string> rooms, EventId after, EventId through,
                          std::size_t events_max, std::size_t bytes_max) override {
    if (auto passed = journal_.pass(FaultyJournal::kRead); !passed) return std::unexpected(passed.error());
    return reader_->read_after(rooms, after, through, events_max, bytes_max);
  }
  Result<std::vector<room::Event>> read_before(std::string_view room, EventId before,
                                               std::size_t count) override {
    if (auto passed = journal_.pass(FaultyJournal::kRead); !passed) return std::unexpected(passed.error());
    return reader_->read_before(room, before, count);
  }
  Result<std::optional<room::Event>> find(std::string_view room, EventId id) override {
    if (auto passed = journal_.pass(FaultyJournal::kRead); !passed) return std::unexpected(passed.error());
    return reader_->find(room, id);
  }
  Result<std::optional<RoomSummary>> find_room(std::string_view room) override {
    if (auto passed = journal_.pass(FaultyJournal::kRead); !passed) return std::unexpected(passed.error());
    return reader_->find_room(room);
  }
  Result<std::vector<RoomSummary>> rooms(std::string_view after, std::size_t count) override {
    if (auto passed = journal_.pass(FaultyJournal::kRead); !passed) return std::unexpected(passed.error());
    return reader_->rooms(after, count);
  }

 private:
  FaultyJournal& journal_;
  const std::unique_ptr<JournalReader> reader_;
};

}  // namespace

void FaultyJournal::plan(const Plan& plan) {
  const std::lock_guard lock(mutex_);
  plan_ = plan;
  counted_ = 0;
  failed_ = 0;
}

std::uint64_t FaultyJournal::counted() const {
  const std::lock_guard lock(mutex_);
  return counted_;
}

std::uint64_t FaultyJournal::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

Result<void> FaultyJournal::pass(Operations operation) {
  const std::lock_guard lock(mutex_);
  if ((plan_.operations & operation) == 0) return {};
  ++counted_;
  if (counted_ < plan_.first || counted_ - plan_.first >= plan_.count) return {};
  ++failed_;
  return fail(plan_.code, "the test wanted this operation of the journal to fail");
}

Result<void> FaultyJournal::append(std::span<const room::Event> events) {
  if (auto passed = pass(kAppend); !passed) return passed;
  return journal_->append(events);
}

Result<std::optional<room::Event>> FaultyJournal::find_by_key(std::string_view room, std::string_view key) {
  if (auto passed = pass(kFindByKey); !passed) return std::unexpected(passed.error());
  return journal_->find_by_key(room, key);
}

Result<bool> FaultyJournal::trim_by_age(std::uint64_t now_utc_milliseconds) {
  if (auto passed = pass(kTrim); !passed) return std::unexpected(passed.error());
  return journal_->trim_by_age(now_utc_milliseconds);
}

Result<Erased> FaultyJournal::erase(std::string_view author, const std::string& from) {
  if (auto passed = pass(kErase); !passed) return std::unexpected(passed.error());
  return journal_->erase(author, from);
}

Result<void> FaultyJournal::check() {
  if (auto passed = pass(kCheck); !passed) return passed;
  return journal_->check();
}

Result<std::unique_ptr<JournalReader>> FaultyJournal::open_reader() {
  if (auto passed = pass(kOpenReader); !passed) return std::unexpected(passed.error());
  auto reader = journal_->open_reader();
  if (!reader) return reader;
  return std::make_unique<FaultyReader>(*this, *std::move(reader));
}

}  // namespace tinychat::journal
