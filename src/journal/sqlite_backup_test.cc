// Checking, copying and restoring a journal, and the damage that is found on the way.
#include "journal/sqlite_backup.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "journal/directory_lock.h"
#include "journal/journal_fixtures.h"
#include "journal/sqlite_file.h"
#include "journal/sqlite_people.h"

namespace tinychat::journal::sqlite_backup_test {

using std::filesystem::path;

std::string bytes_of(const path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

void write(const path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

class JournalCare : public testing::Test {
 protected:
  Result<std::unique_ptr<EmbeddedJournal>> open(const path& directory) {
    return open_sqlite_journal({directory, Durability::kOs, {}, ""}, clock_);
  }
  std::unique_ptr<EmbeddedJournal> opened(const path& directory) {
    auto journal = open(directory);
    if (!journal) ADD_FAILURE() << journal.error().detail;
    return journal ? *std::move(journal) : nullptr;
  }
  void fill(const path& directory, std::uint64_t first, std::uint64_t count) {
    auto journal = opened(directory);
    for (std::uint64_t n = first; n < first + count; ++n) {
      ASSERT_TRUE(
          journal->append(std::vector{event(at(n), n % 2 == 0 ? "even" : "odd", "k" + std::to_string(n))}));
    }
  }
  // The one sentence of a refusal.
  template <typename T>
  static void expect_refused(const Result<T>& result, const std::string& words) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::kUsage);
    EXPECT_NE(result.error().detail.find(words), std::string::npos) << result.error().detail;
    EXPECT_EQ(result.error().detail.find('\n'), std::string::npos) << result.error().detail;
  }
  [[nodiscard]] path file() const { return file_in(home_.path()); }
  [[nodiscard]] path backup() const { return elsewhere_.path() / "backup.db"; }
  std::vector<std::string> names_in(const path& directory) {
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator(directory))
      names.push_back(each.path().filename());
    std::ranges::sort(names);
    return names;
  }
  static Page page_after(EmbeddedJournal& journal, EventId after) {
    const std::vector<std::string> rooms{"even", "odd"};
    return *(*journal.open_reader())->read_after(rooms, after, kEnd, kMany, kMany);
  }

  TemporaryDirectory home_;
  TemporaryDirectory elsewhere_;
  ManualClock clock_;
};

// --- Check -------------------------------------------------------------------------------------

TEST_F(JournalCare, CheckFindsAWholeFileWhole) {
  fill(home_.path(), 1, 9);
  for (const bool in_use : {false, true}) {
    auto journal = in_use ? opened(home_.path()) : nullptr;
    if (in_use) {
      ASSERT_TRUE(journal->append(std::vector{event(at(10), "even")}));
    }
    const auto report = check_sqlite_file(file());
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->problems, std::vector<std::string>{});
    EXPECT_EQ(report->doubt, "");
    EXPECT_EQ(report->format, 3);
    EXPECT_EQ(report->rooms, 2);
    EXPECT_EQ(report->events, in_use ? 10 : 9);
    EXPECT_EQ(report->newest, at(in_use ? 10 : 9));
  }
}

TEST_F(JournalCare, CheckRefusesWhatIsNotThere) { expect_refused(check_sqlite_file(file()), "there is no"); }

TEST_F(JournalCare, CheckFindsWhatDoesNotFitTogether) {
  struct Case {
    const char* damage;
    const char* words;
  };
  for (const auto& [damage, words] : {
           Case{"UPDATE room SET messages = 7 WHERE name = 'odd'",
                "the room odd counts 7 messages and has 5"},
           Case{"UPDATE room SET last_id = 1 WHERE name = 'even'", "the room even says that it ends with"},
           Case{"UPDATE room SET trimmed_through = last_id", "says that it is trimmed up to"},
           Case{"UPDATE event SET room_id = 99 WHERE room_id = 1", "5 events belong to no room"},
           Case{"UPDATE event SET kind = 9 WHERE room_id = 2", "4 events are of a kind"},
           Case{"UPDATE event SET id = -id WHERE room_id = 2", "4 events have no id"},
           Case{"DELETE FROM journal", "it does not say when it began"},
           Case{"INSERT INTO session VALUES (1, 'h', 's', 5, 1, 1, '')", "1 sessions belong to nobody"},
           Case{"INSERT INTO membership VALUES (1, 5, 'odd', 0, 1)", "1 open rooms belong to nobody"},
           Case{"INSERT INTO standing VALUES (5, 2)", "1 standings belong to nobody"},
           Case{"INSERT INTO user VALUES (1, 'u', 'ada', 1); INSERT INTO standing VALUES (1, 9)",
                "1 standings are of a role"},
           Case{"INSERT INTO room_profile VALUES (1, '~a', '', 0, 1, NULL); "
                "INSERT INTO room_member VALUES (1, '~a', 5)",
                "1 members of private rooms are nobody"},
           Case{"INSERT INTO user VALUES (1, 'u', 'ada', 1); INSERT INTO room_member VALUES (1, '~a', 1)",
                "1 members are of private rooms that are not there"},
           Case{"PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage = 3 WHERE name = "
                "'event_by_room'",
                ""},
       }) {
    const TemporaryDirectory directory;
    fill(directory.path(), 1, 9);
    {
      SQLite::Database database(file_in(directory.path()).string(), SQLite::OPEN_READWRITE);
      database.exec(damage);
    }
    const auto report = check_sqlite_file(file_in(directory.path()));
    ASSERT_TRUE(report) << damage << report.error().detail;
    ASSERT_FALSE(report->problems.empty()) << damage;
    std::string all;
    for (const auto& problem : report->problems) all += problem + "\n";
    EXPECT_NE(all.find(words), std::string::npos) << damage << ": " << all;
  }
}

// --- Damage ------------------------------------------------------------------------------------

TEST_F(JournalCare, ADamagedFileIsRefusedWithWhatToDo) {
  fill(home_.path(), 1, 500);
  const auto whole = bytes_of(file());
  ASSERT_GT(whole.size(), 40'000U);
  const auto with = [&](std::size_t offset, std::size_t count) {
    auto damaged = whole;
    damaged.replace(offset, count, count, '\xa5');
    return damaged;
  };
  struct Case {
    std::string bytes;
    const char* words;
  };
  for (const auto& [bytes, words] :
       {Case{with(0, 100), "is damaged"}, Case{with(0, 16), "is damaged"},
        Case{whole.substr(0, 6000), "is damaged"}, Case{whole.substr(0, 50), "is damaged"},
        Case{"", "is empty: what was in it is gone"},
        Case{std::string(9000, 'x'), "is not a tinychat journal"},
        Case{with(4096, 4096 * 4), "is damaged"}}) {
    write(file(), bytes);
    const auto journal = open(home_.path());
    expect_refused(journal, file().string());
    expect_refused(journal, words);
    expect_refused(journal, "tinychat restore FILE --replace --data " + home_.path().string());
    EXPECT_EQ(bytes_of(file()), bytes) << "it is left as it is";
    const auto report = check_sqlite_file(file());
    EXPECT_TRUE(!report || !report->problems.empty());
    expect_refused(back_up(home_.path(), backup(), clock_), "");
    EXPECT_TRUE(std::filesystem::is_empty(elsewhere_.path()));
  }
}

TEST_F(JournalCare, ADirectoryInItsPlaceIsRefused) {
  std::filesystem::create_directories(file());
  expect_refused(open(home_.path()), "is a directory and should be a file");
  expect_refused(check_sqlite_file(file()), file().string());
}

TEST_F(JournalCare, AFirstStartThatWasCutShortIsTakenUp) {
  write(file(), "");
  write(beside(file(), ".new"), "");
  EXPECT_EQ(opened(home_.path())->origin(), at(0));
  EXPECT_FALSE(std::filesystem::exists(beside(file(), ".new")));
}

// As a kill leaves it: with a log that holds all of the messages.
void copy_with_log(const path& from, const path& to) {
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::copy_file(beside(file_in(from), suffix), beside(file_in(to), suffix),
                               std::filesystem::copy_options::overwrite_existing);
  }
}

TEST_F(JournalCare, ALogIsNotLostWithoutItsFile) {
  auto journal = opened(elsewhere_.path());
  ASSERT_TRUE(journal->append(std::vector{event(at(1), "odd")}));
  for (const bool is_there : {false, true}) {
    copy_with_log(elsewhere_.path(), home_.path());
    std::filesystem::remove(file());
    if (is_there) write(file(), "");
    expect_refused(open(home_.path()),
                   is_there ? "is empty, while tinychat.db-wal" : "is missing, while tinychat.db-wal");
    EXPECT_GT(std::filesystem::file_size(beside(file(), "-wal")), 0U);
  }
}

TEST_F(JournalCare, ADamagedHeadOfTheLogIsRefused) {
  auto journal = opened(elsewhere_.path());
  ASSERT_TRUE(journal->append(std::vector{event(at(1), "odd")}));
  for (const std::size_t offset : {0U, 9U, 17U, 25U}) {
    copy_with_log(elsewhere_.path(), home_.path());
    auto log = bytes_of(beside(file(), "-wal"));
    log[offset] = static_cast<char>(log[offset] ^ 0x40);
    write(beside(file(), "-wal"), log);
    expect_refused(open(home_.path()), "the head of its write-ahead log tinychat.db-wal is damaged");
    EXPECT_EQ(bytes_of(beside(file(), "-wal")), log);
    EXPECT_NE(check_sqlite_file(file())->problems.at(0).find("the head of its"), std::string::npos);
  }
}

// What SQLite reads up to the damage is there; that more was there is said where it can be known.
TEST_F(JournalCare, ALogThatEndsEarlyIsDoubted) {
  auto journal = opened(elsewhere_.path());
  for (std::uint64_t n = 1; n <= 5; ++n) ASSERT_TRUE(journal->append(std::vector{event(at(n), "odd")}));
  copy_with_log(elsewhere_.path(), home_.path());
  const auto log = bytes_of(beside(file(), "-wal"));
  std::size_t doubted = 0;
  for (std::size_t offset = 32 + 100; offset < log.size(); offset += 24 + 4096) {
    copy_with_log(elsewhere_.path(), home_.path());
    std::filesystem::remove(beside(file(), "-shm"));
    auto damaged = log;
    damaged[offset] = static_cast<char>(damaged[offset] ^ 1);
    write(beside(file(), "-wal"), damaged);
    const auto report = check_sqlite_file(file());
    ASSERT_TRUE(report);
    if (!report->doubt.empty()) ++doubted;
    if (offset + 4096 > damaged.size()) {
      EXPECT_EQ(report->doubt, "") << "a last transaction that was cut short";
      EXPECT_EQ(report->events, 4);
      EXPECT_TRUE(open(home_.path()));
    }
  }
  EXPECT_GT(doubted, 5U);
}

// --- Backup and restore ------------------------------------------------------------------------

TEST_F(JournalCare, ABackupOfAJournalInUseIsWholeAndOneFile) {
  fill(home_.path(), 1, 9);
  auto people = open_sqlite_people(home_.path());
  ASSERT_TRUE(people->add({"u1", "mason", 1}, {"s1", 1, 1, ""}, "hash"));
  auto journal = opened(home_.path());
  ASSERT_TRUE(journal->append(std::vector{event(at(10), "even")}));
  const auto report = back_up(home_.path(), backup(), clock_);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->events, 10);
  EXPECT_EQ(report->users, 1);
  EXPECT_EQ(names_in(elsewhere_.path()), std::vector<std::string>{"backup.db"});
  EXPECT_EQ(std::filesystem::status(backup()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  ASSERT_TRUE(journal->append(std::vector{event(at(11), "odd")}));

  const auto before = bytes_of(backup());
  expect_refused(back_up(home_.path(), backup(), clock_), "is there already");
  EXPECT_EQ(bytes_of(backup()), before);
  expect_refused(back_up(home_.path(), elsewhere_.path() / "not" / "there.db", clock_), "cannot write");
  expect_refused(back_up(elsewhere_.path(), elsewhere_.path() / "b.db", clock_), "there is no");
  EXPECT_EQ(names_in(elsewhere_.path()), std::vector<std::string>{"backup.db"});
}

TEST_F(JournalCare, WhatKilledOnesHaveLeftIsRemovedByTheNextOne) {
  fill(home_.path(), 1, 5);
  // No process has the number of the first; this one is working on the second; the others are not ours.
  const std::string own = "other.db.tinychat-part-" + std::to_string(::getppid());
  for (const std::string& name :
       {std::string("old.db.tinychat-part-2147483647"),
        std::string("old.db.tinychat-part-2147483647-journal"), own, std::string("film.part-2147483647"),
        std::string("x.tinychat-part-"), std::string("x.tinychat-part-12a")}) {
    write(elsewhere_.path() / name, "some of it");
  }
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  std::vector<std::string> expected{"backup.db", "film.part-2147483647", own, "x.tinychat-part-",
                                    "x.tinychat-part-12a"};
  std::ranges::sort(expected);
  EXPECT_EQ(names_in(elsewhere_.path()), expected);

  for (const char* suffix : {"", "-journal"}) {
    write(home_.path() / (std::string("tinychat.db.restoring") + suffix), "some of it");
  }
  ASSERT_TRUE(restore(backup(), home_.path(), true, clock_));
  for (const auto& name : names_in(home_.path())) {
    EXPECT_EQ(name.find("restoring"), std::string::npos) << name;
  }
}

TEST_F(JournalCare, ARestoredLogTellsItsCursorsFromThoseAfterTheBackup) {
  fill(home_.path(), 1, 9);
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  clock_.advance(std::chrono::minutes(1));
  fill(home_.path(), 60'000, 4);
  clock_.advance(std::chrono::minutes(1));

  expect_refused(restore(backup(), home_.path(), false, clock_), "add --replace");
  {
    auto in_use = opened(home_.path());
    expect_refused(restore(backup(), home_.path(), true, clock_), "in use by another process");
  }
  const auto restored = restore(backup(), home_.path(), true, clock_);
  ASSERT_TRUE(restored) << restored.error().detail;
  EXPECT_EQ(restored->report.events, 9);

  auto journal = opened(home_.path());
  EXPECT_GT(journal->origin(), at(120'000));
  EXPECT_EQ(journal->head(), journal->origin());
  EXPECT_EQ(page_after(*journal, {}).events.size(), 9U);
  EXPECT_FALSE(page_after(*journal, {}).gap);
  // Of an event that is gone; and later, when the log has gone on.
  EXPECT_TRUE(page_after(*journal, at(60'001)).gap);
  std::vector<Publication> publications{
      {.room = "odd", .sender = "ada", .text = "x", .idempotency_key = "k60001"}};
  const auto published = journal->publish(publications, clock_.utc_milliseconds());
  ASSERT_TRUE(published[0]);
  EXPECT_FALSE(published[0]->is_repeat) << "its message is gone";
  EXPECT_GT(published[0]->event.id, journal->origin());
  EXPECT_TRUE(page_after(*journal, at(60'001)).gap);
  EXPECT_EQ(page_after(*journal, at(60'001)).events.size(), 1U);
  EXPECT_FALSE(page_after(*journal, journal->origin()).gap);

  // What was there is kept, and can be restored in its turn.
  ASSERT_TRUE(restored->kept);
  EXPECT_EQ(check_sqlite_file(*restored->kept)->events, 13);
  journal.reset();
  EXPECT_TRUE(restore(*restored->kept, home_.path(), true, clock_));
  EXPECT_EQ(check_sqlite_file(file())->events, 13);
}

TEST_F(JournalCare, ARestoredLogBeginsAboveIdsThatRanAheadOfTheClock) {
  fill(home_.path(), 1, 3);
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  fill(home_.path(), 9'000'000, 1);
  ASSERT_TRUE(restore(backup(), home_.path(), true, clock_));
  EXPECT_GT(opened(home_.path())->origin(), at(9'000'000));
}

TEST_F(JournalCare, RestoresIntoADirectoryThatIsNotThereYet) {
  fill(home_.path(), 1, 3);
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  const path fresh = elsewhere_.path() / "a" / "b";
  const auto restored = restore(backup(), fresh, false, clock_);
  ASSERT_TRUE(restored) << restored.error().detail;
  EXPECT_EQ(restored->kept, std::nullopt);
  EXPECT_EQ(names_in(fresh), (std::vector<std::string>{"tinychat.db", "tinychat.lock"}));
  EXPECT_EQ(page_after(*opened(fresh), {}).events.size(), 3U);
}

TEST_F(JournalCare, RestoresInPlaceOfDamage) {
  fill(home_.path(), 1, 3);
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  write(file(), std::string(9000, 'x'));
  write(beside(file(), "-wal"), std::string(9000, 'y'));
  const auto restored = restore(backup(), home_.path(), true, clock_);
  ASSERT_TRUE(restored) << restored.error().detail;
  EXPECT_EQ(bytes_of(*restored->kept), std::string(9000, 'x'));
  EXPECT_EQ(bytes_of(beside(*restored->kept, "-wal")), std::string(9000, 'y'));
  EXPECT_EQ(page_after(*opened(home_.path()), {}).events.size(), 3U);
}

TEST_F(JournalCare, RefusesABackupThatIsNone) {
  fill(home_.path(), 1, 3);
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  const auto before = bytes_of(file());
  expect_refused(restore(elsewhere_.path() / "no.db", home_.path(), true, clock_), "there is no backup");
  expect_refused(restore(file(), home_.path(), true, clock_), "is the journal itself");
  auto damaged = bytes_of(backup());
  damaged.replace(8192, 4096, 4096, '\xa5');
  write(backup(), damaged);
  expect_refused(restore(backup(), home_.path(), true, clock_), "is damaged");
  write(backup(), "x");
  expect_refused(restore(backup(), home_.path(), true, clock_), "is damaged");
  EXPECT_EQ(bytes_of(file()), before);
  for (const auto& name : names_in(home_.path())) EXPECT_EQ(name.find("restor"), std::string::npos) << name;
}

// Every page in turn: what was on the others is saved, and is a journal again.
TEST_F(JournalCare, SavesWhatIsLeftOfADamagedFile) {
  fill(home_.path(), 1, 300);
  ASSERT_TRUE(open_sqlite_people(home_.path())->add({"u1", "mason", 1}, {"s1", 1, 1, ""}, "hash"));
  opened(home_.path());
  const auto bytes = bytes_of(file());
  std::int64_t saved = 0;
  std::int64_t pages = 0;
  int unreadable = 0;
  for (std::size_t page = 1; page < bytes.size() / 4096; ++page) {
    auto damaged = bytes;
    damaged.replace(page * 4096, 4096, 4096, '\xa5');
    write(file(), damaged);
    std::filesystem::remove(backup());
    const auto report = back_up(home_.path(), backup(), clock_, Source::kDamaged);
    EXPECT_EQ(bytes_of(file()), damaged);
    if (!report) {
      expect_refused(report, "nothing can be read of");
      ++unreadable;
      continue;
    }
    ++pages;
    saved += report->events;
    const TemporaryDirectory fresh;
    ASSERT_TRUE(restore(backup(), fresh.path(), false, clock_));
    EXPECT_EQ(check_sqlite_file(file_in(fresh.path()))->events, report->events);
    EXPECT_TRUE(opened(fresh.path()));
  }
  EXPECT_LE(unreadable, 3) << "those that say which tables there are";
  // One page has the whole of a table below it; each of the others has some of its rows.
  EXPECT_GT(saved, (pages - 3) * 270) << pages;
  std::filesystem::remove(backup());
  write(file(), std::string(9000, 'x'));
  expect_refused(back_up(home_.path(), backup(), clock_, Source::kDamaged), "nothing can be read of");
}

// As a tool leaves it that knows nothing of what belongs together.
TEST_F(JournalCare, RestoresWhatWasSavedFromADamagedFile) {
  fill(home_.path(), 1, 9);
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  {
    SQLite::Database database(backup().string(), SQLite::OPEN_READWRITE);
    database.exec(
        "DELETE FROM room WHERE name = 'odd'; DELETE FROM event WHERE id % 3 = 0; DELETE FROM journal;"
        "INSERT INTO session VALUES (1, 'h', 's', 5, 1, 1, '')");
  }
  ASSERT_FALSE(check_sqlite_file(backup())->problems.empty());
  const auto left = check_sqlite_file(backup())->events;
  const auto restored = restore(backup(), home_.path(), true, clock_);
  ASSERT_TRUE(restored) << restored.error().detail;
  EXPECT_EQ(restored->report.events, left);
  auto journal = opened(home_.path());
  EXPECT_EQ((*journal->open_reader())->rooms("", 9)->size(), 2U);
  EXPECT_EQ((*journal->open_reader())->rooms("", 9)->at(1).name, "recovered-1");
  EXPECT_TRUE(journal->append(std::vector{event({journal->head().milliseconds + 1, 0}, "even")}));
}

// Killed between its last steps, it has taken the file away and not put the other one there.
TEST_F(JournalCare, ARestoreThatWasCutShortKeepsAServerFromStartingAnew) {
  fill(home_.path(), 1, 3);
  ASSERT_TRUE(back_up(home_.path(), backup(), clock_));
  std::filesystem::rename(file(), restored_beside(file()));
  expect_refused(open(home_.path()), "run `tinychat restore` again");
  EXPECT_FALSE(std::filesystem::exists(file()));
  ASSERT_TRUE(restore(backup(), home_.path(), false, clock_));
  EXPECT_EQ(page_after(*opened(home_.path()), {}).events.size(), 3U);
}

}  // namespace tinychat::journal::sqlite_backup_test
