// Journals on which something fails: the n-th operation, for every n, until nothing fails any more.
#include <algorithm>
#include <fstream>
#include <map>

#include "journal/faulty_disk.h"
#include "journal/journal_fixtures.h"

namespace tinychat::journal::journal_faults_test {

// What a journal of one room that keeps five messages should hold.
class Model {
 public:
  void append(const std::vector<room::Event>& events) {
    events_.insert(events_.end(), events.begin(), events.end());
    if (events_.size() > kKept) events_.erase(events_.begin(), events_.end() - kKept);
  }
  [[nodiscard]] const std::vector<room::Event>& events() const { return events_; }

  static constexpr std::ptrdiff_t kKept = 5;

 private:
  std::vector<room::Event> events_;
};

constexpr Retention kRetention{.messages_max = Model::kKept};

std::vector<room::Event> batch(std::uint64_t n) {
  return {event(at(3 * n + 1), "a", "key " + std::to_string(n)), event(at(3 * n + 2), "a")};
}

void expect_holds(EmbeddedJournal& journal, const Model& model, const std::string& when) {
  auto reader = journal.open_reader();
  ASSERT_TRUE(reader) << when << reader.error().detail;
  const std::vector<std::string> rooms{"a"};
  const auto page = (*reader)->read_after(rooms, {}, kEnd, kMany, kMany);
  ASSERT_TRUE(page) << when << page.error().detail;
  EXPECT_EQ(page->events, model.events()) << when;
  const auto summaries = (*reader)->rooms("", 10);
  ASSERT_TRUE(summaries) << when;
  EXPECT_EQ(summaries->empty() ? 0 : summaries->front().messages, model.events().size()) << when;
  EXPECT_EQ(journal.head(), model.events().empty() ? at(0) : model.events().back().id) << when;
  for (const auto& each : model.events()) {
    if (each.idempotency_key.empty()) continue;
    const auto found = journal.find_by_key("a", each.idempotency_key);
    ASSERT_TRUE(found) << when;
    EXPECT_EQ(*found, each) << when;
  }
}

Result<std::unique_ptr<EmbeddedJournal>> open_in(const std::filesystem::path& directory, const char* vfs = "",
                                                 Durability durability = Durability::kFsync) {
  return open_sqlite_journal({directory, durability, kRetention, vfs}, ManualClock());
}

// What the next process finds if this one is killed now.
void expect_found_after_kill(const std::filesystem::path& directory, const Model& model,
                             const std::string& when) {
  const TemporaryDirectory next;
  for (const char* name : {"tinychat.db", "tinychat.db-wal"}) {
    if (std::filesystem::exists(directory / name)) {
      std::filesystem::copy_file(directory / name, next.path() / name);
    }
  }
  const auto journal = open_in(next.path());
  ASSERT_TRUE(journal) << when << journal.error().detail;
  expect_holds(**journal, model, when + " and kill ");
}

TEST(FaultyJournal, CountsAndFailsWhatIsPlanned) {
  FaultyJournal journal(make_memory_journal(at(0), {}));
  auto reader = journal.open_reader();
  ASSERT_TRUE(reader);
  journal.plan({.operations = FaultyJournal::kAppend, .first = 2, .count = 2, .code = Code::kStorageFull});
  EXPECT_TRUE(journal.append(batch(0)));
  EXPECT_TRUE((*reader)->find("a", at(1)));
  EXPECT_EQ(journal.append(batch(1)).error().code, Code::kStorageFull);
  EXPECT_FALSE(journal.append(batch(1)));
  EXPECT_TRUE(journal.append(batch(1)));
  EXPECT_EQ(journal.counted(), 4U);
  EXPECT_EQ(journal.failed(), 2U);

  journal.plan({.count = FaultyJournal::kForEver});
  EXPECT_FALSE((*reader)->find("a", at(1)));
  EXPECT_FALSE((*reader)->rooms("", 1));
  EXPECT_FALSE((*reader)->read_before("a", kEnd, 1));
  EXPECT_FALSE((*reader)->read_after({}, {}, kEnd, 1, 1));
  EXPECT_FALSE(journal.find_by_key("a", "k"));
  EXPECT_FALSE(journal.trim_by_age(0));
  EXPECT_FALSE(journal.open_reader());
  EXPECT_EQ(journal.failed(), 7U);
  journal.plan({});
  EXPECT_TRUE((*reader)->find("a", at(1)));
}

class FaultyJournalOver : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(, FaultyJournalOver, testing::Bool(),
                         [](const auto& each) { return each.param ? "sqlite" : "memory"; });

TEST_P(FaultyJournalOver, HoldsWhatWasAcknowledgedWhicheverOperationFails) {
  bool met = true;
  for (std::uint64_t n = 1; met; ++n) {
    ASSERT_LT(n, 1000U);
    const TemporaryDirectory directory;
    auto inner =
        GetParam() ? *open_in(directory.path(), "", Durability::kOs) : make_memory_journal(at(0), kRetention);
    FaultyJournal journal(std::move(inner));
    journal.plan({.first = n, .count = 1});
    Model model;
    for (std::uint64_t each = 0; each < 6; ++each) {
      if (!journal.find_by_key("a", "key " + std::to_string(each))) continue;
      if (journal.append(batch(each))) model.append(batch(each));
      if (auto reader = journal.open_reader()) {
        const auto events = (*reader)->read_before("a", kEnd, kMany);
        if (events) {
          EXPECT_EQ(*events, model.events());
        }
      }
    }
    met = journal.failed() != 0;
    journal.plan({});
    expect_holds(journal, model, "operation " + std::to_string(n));
  }
}

struct DiskFault {
  const char* name;
  std::uint64_t count;
  bool full;
};

class FaultyDiskUnderSqlite : public testing::TestWithParam<DiskFault> {};
INSTANTIATE_TEST_SUITE_P(, FaultyDiskUnderSqlite,
                         testing::Values(DiskFault{"fails_once", 1, false}, DiskFault{"full_once", 1, true},
                                         DiskFault{"fails_for_a_while", 40, false},
                                         DiskFault{"full_for_a_while", 40, true}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(FaultyDiskUnderSqlite, HoldsWhatWasAcknowledgedWhicheverWriteFails) {
  bool met = true;
  std::uint64_t appends_failed = 0;
  for (std::uint64_t n = 1; met; ++n) {
    ASSERT_LT(n, 1000U);
    const std::string when = "operation " + std::to_string(n) + ": ";
    const TemporaryDirectory directory;
    const TemporaryDirectory synced;
    FaultyDisk disk(synced.path());
    disk.fail(n, GetParam().count, GetParam().full);
    bool opening_failed = false;
    auto journal = open_in(directory.path(), FaultyDisk::kName);
    if (!journal) {
      EXPECT_EQ(journal.error().code, Code::kUsage);
      EXPECT_NE(journal.error().detail.find((directory.path() / "tinychat.db").string()), std::string::npos);
      EXPECT_NE(disk.failed(), 0U);
      opening_failed = true;
      disk.heal();
      journal = open_in(directory.path(), FaultyDisk::kName);
    }
    ASSERT_TRUE(journal) << when << journal.error().detail;
    Model model;
    for (std::uint64_t each = 0; each < 6; ++each) {
      const auto done = (*journal)->append(batch(each));
      if (done) {
        model.append(batch(each));
      } else {
        ++appends_failed;
        EXPECT_EQ(done.error().code, GetParam().full ? Code::kStorageFull : Code::kStorageFailed)
            << when << done.error().detail;
        if (GetParam().count == 1) expect_found_after_kill(directory.path(), model, when);
      }
      expect_holds(**journal, model, when);
    }
    met = opening_failed || disk.failed() != 0;
    disk.heal();
    ASSERT_TRUE((*journal)->append(batch(100))) << when;
    model.append(batch(100));
    expect_holds(**journal, model, when);
    expect_found_after_kill(directory.path(), model, when);
    journal->reset();
    journal = open_in(directory.path());
    ASSERT_TRUE(journal) << when << journal.error().detail;
    expect_holds(**journal, model, when + "reopened ");
  }
  EXPECT_GT(appends_failed, 10U);
}

// Everything not synced is lost at the worst moment, also around checkpoints.
TEST(SqliteJournal, LossOfPowerTakesNothingAcknowledged) {
  const TemporaryDirectory directory;
  const TemporaryDirectory synced;
  FaultyDisk disk(synced.path());
  auto journal = open_in(directory.path(), FaultyDisk::kName);
  ASSERT_TRUE(journal) << journal.error().detail;
  Model model;
  for (std::uint64_t n = 0; n < 120; ++n) {
    auto events = batch(n);
    events[1].text = std::string(100'000, 'x');  // some 26 pages: a checkpoint at every 40th
    ASSERT_TRUE((*journal)->append(events));
    model.append(events);
    if (n % 10 < 3) expect_found_after_kill(synced.path(), model, "append " + std::to_string(n));
  }
}

}  // namespace tinychat::journal::journal_faults_test
