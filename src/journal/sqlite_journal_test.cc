// What only the SQLite journal has: a file that outlives it, and a start that can go wrong.
#include "journal/sqlite_journal.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "journal/journal_fixtures.h"
#include "journal/sqlite_people.h"

namespace tinychat::journal::sqlite_journal_test {

class SqliteJournalFile : public testing::Test {
 protected:
  Result<std::unique_ptr<EmbeddedJournal>> open(Retention retention = {}) {
    return open_sqlite_journal({directory_.path(), Durability::kOs, retention, ""}, clock_);
  }
  std::unique_ptr<EmbeddedJournal> opened(Retention retention = {}) {
    auto journal = open(retention);
    if (!journal) ADD_FAILURE() << journal.error().detail;
    return journal ? *std::move(journal) : nullptr;
  }
  // One line, for start-up, that names `path` and holds `words`.
  static void expect_refused(const Result<std::unique_ptr<EmbeddedJournal>>& journal,
                             const std::filesystem::path& path, const std::string& words) {
    ASSERT_FALSE(journal);
    const auto& [code, detail] = journal.error();
    EXPECT_EQ(code, Code::kUsage);
    EXPECT_NE(detail.find(path.string()), std::string::npos) << detail;
    EXPECT_NE(detail.find(words), std::string::npos) << detail;
    EXPECT_EQ(detail.find('\n'), std::string::npos) << detail;
  }
  [[nodiscard]] std::filesystem::path file() const { return directory_.path() / "tinychat.db"; }
  [[nodiscard]] std::string bytes() const {
    std::ifstream in(file(), std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
  }
  void write(const std::string& bytes) const { std::ofstream(file(), std::ios::binary) << bytes; }

  TemporaryDirectory directory_;
  ManualClock clock_;
};

// Without root's rights, which no mode stops.
class Nobody {
 public:
  Nobody() { was_root_ = ::geteuid() == 0 && ::seteuid(kNobody) == 0; }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;
  ~Nobody() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
  }
  static constexpr uid_t kNobody = 65534;

 private:
  bool was_root_;
};

TEST_F(SqliteJournalFile, ReopeningKeepsEverything) {
  const std::vector events{event(at(1), "a", "k1"), event(at(2), "b"), event(at(3), "a", "k3"),
                           event(at(4), "a")};
  {
    auto journal = opened({.messages_max = 2});
    ASSERT_TRUE(journal->append(events));
  }
  clock_.advance(std::chrono::hours(1));
  auto journal = opened({.messages_max = 2});
  EXPECT_EQ(journal->origin(), at(0));
  EXPECT_EQ(journal->head(), at(4));
  EXPECT_EQ(*journal->find_by_key("a", "k3"), events[2]);
  EXPECT_EQ(*journal->find_by_key("a", "k1"), std::nullopt);
  auto reader = *journal->open_reader();
  const std::vector<std::string> rooms{"a", "b"};
  const auto page = reader->read_after(rooms, {}, kEnd, kMany, kMany);
  EXPECT_EQ(page->events, (std::vector{events[1], events[2], events[3]}));
  EXPECT_TRUE(page->gap);
  EXPECT_FALSE(reader->read_after(rooms, at(1), kEnd, kMany, kMany)->gap);
  ASSERT_TRUE(journal->append(std::vector{event(at(5), "a", "k1")}));
  EXPECT_EQ(reader->rooms("", 1)->front().messages, 2U);
}

TEST_F(SqliteJournalFile, HeadOutlivesItsEvent) {
  {
    auto journal = opened({.age_milliseconds_max = 1});
    ASSERT_TRUE(journal->append(std::vector{event(at(1), "a"), event(at(2, 9), "b")}));
    EXPECT_EQ(journal->trim_by_age(kOriginMilliseconds + 10), false);
  }
  EXPECT_EQ(opened()->head(), at(2, 9));
}

TEST_F(SqliteJournalFile, ALowerRetentionHoldsFromTheNextAppend) {
  {
    auto journal = opened();
    for (std::uint64_t n = 1; n <= 100; ++n) ASSERT_TRUE(journal->append(std::vector{event(at(n), "a")}));
  }
  auto journal = opened({.messages_max = 3});
  ASSERT_TRUE(journal->append(std::vector{event(at(101), "a")}));
  EXPECT_EQ(ids(*(*journal->open_reader())->read_before("a", kEnd, kMany)),
            (std::vector{at(99), at(100), at(101)}));
}

TEST_F(SqliteJournalFile, IsOneProcessAlone) {
  auto journal = opened();
  expect_refused(open(), directory_.path(),
                 "in use by another process (pid " + std::to_string(::getpid()) + ")");
  journal.reset();
  EXPECT_TRUE(open());
}

TEST_F(SqliteJournalFile, MakesItsDirectoryForItsOwnerOnly) {
  const auto inner = directory_.path() / "not" / "there" / "";
  const auto journal = open_sqlite_journal({inner, Durability::kFsync, {}, ""}, clock_);
  ASSERT_TRUE(journal) << journal.error().detail;
  struct stat status{};
  ASSERT_EQ(::stat(inner.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat((inner / "tinychat.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((inner / "tinychat.db-wal").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SqliteJournalFile, RefusesADirectoryItCannotHave) {
  write("");
  const SqliteOptions under_a_file{file() / "data", Durability::kFsync, {}, ""};
  expect_refused(open_sqlite_journal(under_a_file, clock_), file(), "Not a directory");
  const SqliteOptions a_file{file(), Durability::kFsync, {}, ""};
  expect_refused(open_sqlite_journal(a_file, clock_), file(), "choose another");
}

TEST_F(SqliteJournalFile, RefusesADirectoryItCannotWrite) {
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0555), 0);
  {
    const Nobody nobody;
    expect_refused(open(), directory_.path(), "Permission denied");
    const SqliteOptions inner{directory_.path() / "inner", Durability::kFsync, {}, ""};
    expect_refused(open_sqlite_journal(inner, clock_), inner.directory, "Permission denied");
  }
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0700), 0);
}

TEST_F(SqliteJournalFile, RefusesAFileItCannotWrite) {
  opened();
  ASSERT_EQ(::chmod(file().c_str(), 0444), 0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0777), 0);
  ASSERT_EQ(::chmod((directory_.path() / "tinychat.lock").c_str(), 0666), 0);
  const Nobody nobody;
  expect_refused(open(), file(), "Permission denied");
}

TEST_F(SqliteJournalFile, RefusesAndLeavesWhatIsNotSqlite) {
  const std::string text(5000, 'x');
  write(text);
  expect_refused(open(), file(), "is not a tinychat journal");
  EXPECT_EQ(bytes(), text);
}

TEST_F(SqliteJournalFile, RefusesAndLeavesTheFileOfAnotherProgram) {
  {
    SQLite::Database other(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("CREATE TABLE something (x)");
  }
  const auto before = bytes();
  expect_refused(open(), file(), "is not a tinychat journal");
  EXPECT_EQ(bytes(), before);
}

TEST_F(SqliteJournalFile, RefusesALaterFormat) {
  opened();
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version=4");
  expect_refused(open(), file(), "has format 4");
}

// As the first version made it, with an event in it.
TEST_F(SqliteJournalFile, BringsFormat1UpToDateAndLosesNothing) {
  {
    std::filesystem::remove(file());
    SQLite::Database old(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec(R"sql(
        CREATE TABLE journal (one INTEGER PRIMARY KEY CHECK (one = 1), origin INTEGER NOT NULL,
                              fences INTEGER NOT NULL);
        CREATE TABLE room (room_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, messages INTEGER NOT NULL,
                           last_id INTEGER NOT NULL, trimmed_through INTEGER NOT NULL);
        CREATE TABLE event (id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL, kind INTEGER NOT NULL,
                            sender TEXT NOT NULL, text TEXT NOT NULL, idempotency_key TEXT);
        CREATE INDEX event_by_room ON event (room_id);
        CREATE UNIQUE INDEX event_by_key ON event (room_id, idempotency_key)
            WHERE idempotency_key IS NOT NULL;
        PRAGMA application_id=1952672305;
        PRAGMA user_version=1;)sql");
    const auto packed = [](EventId id) { return std::to_string(id.milliseconds << 20U); };
    old.exec("INSERT INTO journal VALUES (1, " + packed(at(0)) + ", 0)");
    old.exec("INSERT INTO room VALUES (1, 'a', 1, " + packed(at(1)) + ", 0)");
    old.exec("INSERT INTO event VALUES (" + packed(at(1)) + ", 1, 1, 'mason', 'text of " + to_string(at(1)) +
             "', 'k1')");
  }
  for (int start = 1; start <= 2; ++start) {
    auto journal = opened();
    ASSERT_NE(journal, nullptr);
    EXPECT_EQ(journal->origin(), at(0));
    EXPECT_EQ(*journal->find_by_key("a", "k1"), event(at(1), "a", "k1"));
    auto added = event(at(1U + static_cast<unsigned>(start)), "a");
    added.author = "u1";
    ASSERT_TRUE(journal->append(std::span(&added, 1)));
    EXPECT_EQ(*(*journal->open_reader())->find("a", added.id), added);
    EXPECT_EQ(open_sqlite_people(directory_.path())->visit("nobody", 1), std::nullopt);
  }
}

// As the second version left it: everybody it knew is a guest.
TEST_F(SqliteJournalFile, BringsFormat2UpToDateAndLosesNobody) {
  opened();
  {
    SQLite::Database old(file().string(), SQLite::OPEN_READWRITE);
    for (const char* table : {"standing", "access_token", "link", "revocation", "audit", "address_block",
                              "room_profile", "room_member"}) {
      old.exec(std::string("DROP TABLE ") + table);
    }
    old.exec("INSERT INTO user VALUES (1, 'u1', 'mason', 5)");
    old.exec("INSERT INTO session VALUES (1, 'hash', 's1', 1, 5, 5, '')");
    old.exec("PRAGMA user_version=2");
  }
  for (int start = 1; start <= 2; ++start) {
    ASSERT_NE(opened(), nullptr);
    const auto people = open_sqlite_people(directory_.path());
    const auto visitor = people->visit("hash", 5);
    ASSERT_TRUE(visitor && *visitor);
    EXPECT_EQ((*visitor)->user.name, "mason");
    EXPECT_EQ((*visitor)->user.role, room::Role::kGuest);
    EXPECT_EQ(people->passes().tokens()->size(), 0U);
  }
}

TEST_F(SqliteJournalFile, RefusesADamagedFile) {
  opened();
  const auto whole = bytes();
  auto damaged = whole;
  damaged.replace(100, 2000, 2000, '\xee');  // the schema; the header before it is well
  write(damaged);
  expect_refused(open(), file(), "is damaged");
  // What the library quotes of it is nothing for a terminal.
  damaged = whole;
  // Also where SQLite has left some of it behind.
  ASSERT_NE(damaged.find("TABLE room"), std::string::npos);
  for (auto table = damaged.find("TABLE room"); table != std::string::npos;
       table = damaged.find("TABLE room", table)) {
    damaged.replace(table, 5, "\x1b[2J\n");
  }
  write(damaged);
  expect_refused(open(), file(), "is damaged");
  EXPECT_EQ(open().error().detail.find('\x1b'), std::string::npos);
  write(whole);
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec("DROP TABLE event");
  expect_refused(open(), file(), "is damaged");
}

TEST_F(SqliteJournalFile, RefusesAClockThatIsFarOff) {
  clock_.set_utc_milliseconds(~std::uint64_t{0});
  expect_refused(open(), file(), "the clock is wrong");
  clock_.set_utc_milliseconds(kOriginMilliseconds);
  auto journal = opened();
  EXPECT_EQ(journal->append(std::vector{event(kEnd, "a")}).error().code, Code::kStorageFailed);
  EXPECT_TRUE(journal->append(std::vector{event(at(1), "a")}));
}

}  // namespace tinychat::journal::sqlite_journal_test
