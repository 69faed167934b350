// A journal's whole life on a disk of which any one operation fails, n-th by n-th: made, published to,
// trimmed, closed (which moves its log into the file), opened again, with people in it all the while.
#include <algorithm>
#include <map>
#include <set>

#include "journal/faulty_disk.h"
#include "journal/journal_fixtures.h"
#include "journal/sqlite_backup.h"
#include "journal/sqlite_file.h"
#include "journal/sqlite_people.h"

namespace tinychat::journal::journal_life_test {

struct Trouble {
  const char* name;
  std::uint64_t count;
  bool full;
};

class Life {
 public:
  explicit Life(const Trouble& trouble, std::uint64_t nth) : trouble_(trouble), disk_(synced_.path()) {
    disk_.count_opens();
    disk_.fail(nth, trouble.count, trouble.full);
  }

  // False: nothing failed.
  bool live() {
    open();
    publish({{"a", "one", "k1"}, {"b", "two", ""}});
    join("u1");
    publish({{"a", "three", "k3"}, {"a", "one", "k1"}, {"b", "four", ""}});
    rename("u1", "grace");
    close();
    open();
    publish({{"a", "three", "k3"}, {"b", "five", "k5"}});
    read_on("u1", "a");
    trim();
    join("u2");
    publish({{"a", "six", ""}, {"c", "seven", "k7"}});
    (void)journal_->check();
    close();
    open();
    publish({{"c", "seven", "k7"}, {"c", "eight", ""}});
    const bool failed = failed_ || disk_.failed() > 0;
    disk_.heal();
    publish({{"a", "nine", ""}, {"a", "one", "k1"}});
    EXPECT_TRUE(last_worked_) << "it heals";
    verify("before the end");
    close();
    verify_file();
    open();
    verify("opened again");
    return failed;
  }
  [[nodiscard]] std::size_t refused() const { return refused_; }

 private:
  struct Words {
    std::string room, text, key;
  };

  void open() {
    for (int attempt = 0; attempt < 2 && !journal_; ++attempt) {
      auto opened = open_sqlite_journal(
          {directory_.path(), Durability::kFsync, {.age_milliseconds_max = 1000}, FaultyDisk::kName}, clock_);
      if (opened) {
        journal_ = std::move(*opened);
        break;
      }
      EXPECT_EQ(opened.error().code, Code::kUsage);
      EXPECT_NE(opened.error().detail.find("tinychat.db"), std::string::npos) << opened.error().detail;
      EXPECT_EQ(opened.error().detail.find("restore"), std::string::npos)
          << "a disk that fails is no damage: " << opened.error().detail;
      failed_ = true;
      disk_.heal();
    }
    ASSERT_TRUE(journal_);
    people_ = open_sqlite_people(directory_.path(), FaultyDisk::kName);
  }

  void close() {
    people_.reset();
    journal_.reset();
  }

  void publish(const std::vector<Words>& words) {
    std::vector<Publication> publications;
    for (const auto& each : words) {
      publications.push_back(
          {.room = each.room, .sender = "mason", .text = each.text, .idempotency_key = each.key});
    }
    clock_.advance(std::chrono::milliseconds(1));
    const auto outcomes = journal_->publish(publications, clock_.utc_milliseconds());
    last_worked_ = true;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& outcome = outcomes[i];
      if (!outcome) {
        last_worked_ = false;
        ++refused_;
        EXPECT_TRUE(outcome.error().code == Code::kStorageFull ||
                    outcome.error().code == Code::kStorageFailed);
        continue;
      }
      const auto& event = outcome->event;
      EXPECT_EQ(event.text, words[i].text);
      const auto known = stored_.find(event.id);
      EXPECT_EQ(outcome->is_repeat, known != stored_.end());
      if (outcome->is_repeat) continue;
      EXPECT_TRUE(stored_.empty() || stored_.rbegin()->first < event.id);
      for (const auto& [id, other] : stored_) {
        EXPECT_FALSE(!event.idempotency_key.empty() && other.idempotency_key == event.idempotency_key)
            << "doubled";
      }
      stored_.emplace(event.id, event);
    }
  }

  // By age nothing, and then the oldest batch, if it is there.
  void trim() {
    const auto age = clock_.utc_milliseconds();
    EXPECT_TRUE(journal_->trim_by_age(age).value_or(false) == false);
    if (stored_.empty()) return;
    const EventId oldest = stored_.begin()->first;
    if (journal_->trim_by_age(oldest.milliseconds + 1001)) {
      std::erase_if(stored_,
                    [&](const auto& each) { return each.first.milliseconds <= oldest.milliseconds; });
    }
  }

  void join(const std::string& user) {
    if (people_->add({user, "mason", 1}, {"s" + user, 1, 1, ""}, "hash" + user)) names_[user] = "mason";
  }
  void rename(const std::string& user, const std::string& name) {
    const auto renamed = people_->rename(user, name);
    if (!renamed) return;
    EXPECT_EQ(renamed->has_value(), names_.contains(user));
    if (*renamed) names_[user] = name;
  }
  void read_on(const std::string& user, const std::string& room) {
    MembershipChange change{.room = room};
    change.read_through = at(7);
    if (people_->change(user, change)) readers_.insert(user);
  }

  void verify(const std::string& when) {
    std::vector<room::Event> expected;
    for (const auto& [id, event] : stored_) expected.push_back(event);
    auto reader = journal_->open_reader();
    ASSERT_TRUE(reader) << when;
    const std::vector<std::string> rooms{"a", "b", "c"};
    const auto page = (*reader)->read_after(rooms, {}, kEnd, kMany, kMany);
    ASSERT_TRUE(page) << when << page.error().detail;
    EXPECT_EQ(page->events, expected) << when;
    for (const std::string user : {"u1", "u2"}) {
      const auto found = people_->visit("hash" + user, 1);
      ASSERT_TRUE(found) << when;
      EXPECT_EQ(*found ? (*found)->user.name : "", names_.contains(user) ? names_[user] : "") << when << user;
      EXPECT_EQ(people_->memberships(user)->size(), readers_.contains(user) ? 1U : 0U) << when << user;
    }
  }

  void verify_file() {
    const auto report = check_sqlite_file(file_in(directory_.path()));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<std::string>{});
  }

  const Trouble trouble_;
  const TemporaryDirectory directory_;
  const TemporaryDirectory synced_;
  FaultyDisk disk_;
  ManualClock clock_;
  std::unique_ptr<EmbeddedJournal> journal_;
  std::unique_ptr<People> people_;
  std::map<EventId, room::Event> stored_;
  std::map<std::string, std::string> names_;
  std::set<std::string> readers_;
  bool failed_ = false;
  bool last_worked_ = true;
  std::size_t refused_ = 0;
};

class JournalLife : public testing::TestWithParam<Trouble> {};
INSTANTIATE_TEST_SUITE_P(, JournalLife,
                         testing::Values(Trouble{"fails_once", 1, false}, Trouble{"full_once", 1, true},
                                         Trouble{"fails_for_a_while", 20, false},
                                         Trouble{"full_for_a_while", 20, true}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(JournalLife, LosesAndDoublesNothingWhicheverOperationFails) {
  std::size_t refused = 0;
  bool met = true;
  std::uint64_t nth = 1;
  for (; met; ++nth) {
    SCOPED_TRACE("failing operation " + std::to_string(nth));
    ASSERT_LT(nth, 2000U);
    Life life(GetParam(), nth);
    met = life.live();
    refused += life.refused();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(nth, 60U) << "the life is too short to mean much";
  EXPECT_GT(refused, 20U);
}

}  // namespace tinychat::journal::journal_life_test
