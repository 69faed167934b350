// A journal that fails when told to, in front of one that works: for tests of whatever uses a Journal.
//
// An operation that is to fail does nothing and returns an error, which is all a Journal's contract
// allows it (all or nothing). Operations are counted over the journal and all its readers, so that a
// test can fail the first, the second, … until its scenario runs without meeting a failure.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>

#include "journal/embedded_journal.h"

namespace tinychat::journal {

// Members are called as those of Journal; plan() and the counters by any thread, at any time.
class FaultyJournal final : public EmbeddedJournal {
 public:
  enum Operations : unsigned {
    kAppend = 1U << 0U,
    kFindByKey = 1U << 1U,
    kTrim = 1U << 2U,
    kOpenReader = 1U << 3U,
    kRead = 1U << 4U,  // everything a reader does
    kCheck = 1U << 5U,
    kErase = 1U << 6U,
    kAll = (1U << 7U) - 1U,
  };
  static constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

  // Which operations fail: of those in `operations`, counted from now on, the `first`-th (from 1)
  // and those after it, `count` of them. The default fails none.
  struct Plan {
    unsigned operations = kAll;
    std::uint64_t first = 1;
    std::uint64_t count = 0;
    Code code = Code::kStorageFailed;
  };

  explicit FaultyJournal(std::unique_ptr<EmbeddedJournal> journal) : journal_(std::move(journal)) {}

  // Takes the place of the plan before, and begins to count anew.
  void plan(const Plan& plan);
  // Since the last plan(): operations counted, and how many of them failed.
  [[nodiscard]] std::uint64_t counted() const;
  [[nodiscard]] std::uint64_t failed() const;

  [[nodiscard]] EventId origin() const override { return journal_->origin(); }
  [[nodiscard]] EventId head() const override { return journal_->head(); }
  Result<void> append(std::span<const room::Event> events) override;
  Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) override;
  Result<bool> takes_room(std::string_view room) override { return journal_->takes_room(room); }
  Result<bool> trim_by_age(std::uint64_t now_utc_milliseconds) override;
  Result<Erased> erase(std::string_view author, const std::string& from) override;
  Result<void> check() override;
  Result<std::unique_ptr<JournalReader>> open_reader() override;

  // For the readers.
  Result<void> pass(Operations operation);

 private:
  const std::unique_ptr<EmbeddedJournal> journal_;
  mutable std::mutex mutex_;
  Plan plan_;
  std::uint64_t counted_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace tinychat::journal
