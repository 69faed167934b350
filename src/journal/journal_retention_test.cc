// What every Journal keeps, what it lets go, and what it says of that to a cursor.
#include "journal/journal_contract.h"

namespace tinychat::journal::journal_retention_test {

class JournalRetention : public JournalContract {};

INSTANTIATE_TEST_SUITE_P(Each, JournalRetention, testing::ValuesIn(kKinds),
                         [](const auto& each) { return std::string(each.param.name); });

// Where a key goes with its message, and the oldest of all rooms go first.
class EmbeddedJournalRetention : public JournalContract {};
INSTANTIATE_TEST_SUITE_P(Each, EmbeddedJournalRetention, testing::ValuesIn(kEmbeddedKinds),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(JournalRetention, KeepsTheNewestOfEachRoom) {
  open({.messages_max = 3});
  append({event(at(1), "a", "k"), event(at(2), "b"), event(at(3), "a"), event(at(4), "a")});
  EXPECT_FALSE(read_after({"a"}, {}).gap);
  EXPECT_EQ(by_key("a", "k"), at(1));
  append({event(at(5), "a"), event(at(6), "a", "k6")});
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), (Ids{at(2), at(4), at(5), at(6)}));
  EXPECT_EQ(read_before("a", kEnd, 10), (Ids{at(4), at(5), at(6)}));
  EXPECT_FALSE(find("a", at(3)));
  EXPECT_EQ(rooms("", 10), (std::vector<std::string>{"a 3 6", "b 1 2"}));
  EXPECT_EQ(by_key("a", "k6"), at(6));
}

TEST_P(EmbeddedJournalRetention, AKeyGoesWithItsMessageAndIsFreeAgain) {
  open({.messages_max = 3, .age_milliseconds_max = 100});
  append({event(at(1), "a", "k"), event(at(2), "a"), event(at(3), "a")});
  EXPECT_EQ(by_key("a", "k"), at(1));
  append({event(at(4), "a")});
  EXPECT_EQ(by_key("a", "k"), std::nullopt);
  append({event(at(7), "a", "k")});
  EXPECT_EQ(by_key("a", "k"), at(7));
  EXPECT_EQ(journal_->trim_by_age(kOriginMilliseconds + 200), false);
  EXPECT_EQ(by_key("a", "k"), std::nullopt);
}

TEST_P(JournalRetention, KeepsTheNewestOfABatchThatIsTooMuchByItself) {
  open({.messages_max = 2});
  append({event(at(1), "a"), event(at(2), "a"), event(at(3), "b"), event(at(4), "a"), event(at(5), "a")});
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), (Ids{at(3), at(4), at(5)}));
  EXPECT_EQ(journal_->head(), at(5));
}

TEST_P(JournalRetention, TellsWhatACursorMissedOfATrimmedRoom) {
  open({.messages_max = 2});
  append({event(at(1), "a"), event(at(2), "b"), event(at(3), "a"), event(at(4), "a"), event(at(5), "a")});
  EXPECT_TRUE(read_after({"a"}, at(2)).gap);  // 3 is gone
  EXPECT_TRUE(read_after({"b", "a"}, at(2)).gap);
  EXPECT_TRUE(read_after({"a"}, at(2), at(2)).gap);
  EXPECT_FALSE(read_after({"a"}, at(3)).gap);
  EXPECT_FALSE(read_after({"b"}, at(2)).gap);
  EXPECT_TRUE(read_after({"a"}, {}).gap);
}

TEST_P(JournalRetention, TrimsByAge) {
  open({.age_milliseconds_max = 100});
  append({event(at(10), "a", "k"), event(at(20), "b"), event(at(30), "a"), event(at(30, 1), "b")});
  EXPECT_EQ(journal_->trim_by_age(kOriginMilliseconds + 110), false);
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events).size(), 4U);  // as old as it may be
  EXPECT_EQ(journal_->trim_by_age(kOriginMilliseconds + 130), false);
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), (Ids{at(30), at(30, 1)}));
  EXPECT_EQ(rooms("", 10), (std::vector<std::string>{"a 1 30", "b 1 30"}));
  EXPECT_TRUE(read_after({"a"}, at(9)).gap);
  EXPECT_FALSE(read_after({"a"}, at(10)).gap);
  EXPECT_TRUE(read_after({"b"}, at(10)).gap);
  EXPECT_EQ(journal_->trim_by_age(kOriginMilliseconds + 131), false);
  EXPECT_EQ(rooms("", 10), (std::vector<std::string>{"a 0 30", "b 0 30"}));
  EXPECT_EQ(journal_->head(), at(30, 1));
  EXPECT_EQ(journal_->trim_by_age(0), false);
  append({event(at(40), "a")});
  EXPECT_EQ(ids(read_after({"a", "b"}, at(30, 1)).events), Ids{at(40)});
}

TEST_P(JournalRetention, TrimsMuchByAgeInMoreThanOneGo) {
  open({.age_milliseconds_max = 1});
  std::vector<room::Event> events;
  for (std::uint64_t n = 1; n <= 2501; ++n) events.push_back(event(at(n), n % 3 == 0 ? "a" : "b"));
  append(events);
  int goes = 1;
  while (*journal_->trim_by_age(kOriginMilliseconds + 2502)) ++goes;
  EXPECT_EQ(goes, 3);
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), Ids{at(2501)});
  EXPECT_TRUE(read_after({"a"}, at(2497)).gap);
  EXPECT_TRUE(read_after({"b"}, at(2499)).gap);
  EXPECT_FALSE(read_after({"a", "b"}, at(2500)).gap);
  EXPECT_EQ(*journal_->trim_by_age(kOriginMilliseconds + 2502), false);
}

TEST_P(EmbeddedJournalRetention, TrimsTheOldestOfAllFirst) {
  open({.age_milliseconds_max = 1});
  std::vector<room::Event> events;
  for (std::uint64_t n = 1; n <= 2001; ++n) events.push_back(event(at(n), n % 3 == 0 ? "a" : "b"));
  append(events);
  const std::uint64_t now = kOriginMilliseconds + 2002;
  EXPECT_EQ(journal_->trim_by_age(now), true);
  EXPECT_EQ(ids(read_after({"a", "b"}, {}, kEnd, 1).events), Ids{at(1001)});
  EXPECT_TRUE(read_after({"b"}, at(999)).gap);
  EXPECT_EQ(journal_->trim_by_age(now), false);  // 2001 is not yet too old
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), Ids{at(2001)});
}

// Erases all there is to erase.
std::uint64_t erase(Journal& journal, std::string_view author) {
  std::uint64_t events = 0;
  std::string from;
  do {
    const auto piece = journal.erase(author, from);
    EXPECT_TRUE(piece) << piece.error().detail;
    if (!piece) return events;
    events += piece->events;
    from = piece->end;
  } while (!from.empty());
  return events;
}

TEST_P(JournalRetention, ErasesWhatOneUserHasWritten) {
  const auto written = [](EventId id, const char* room, const char* author) {
    auto one = event(id, room);
    one.author = author;
    return one;
  };
  auto topic = written(at(3), "a", "u1");
  topic.kind = room::EventKind::kTopic;
  append({written(at(1), "a", "u1"), written(at(2), "a", "u2"), topic, written(at(4), "b", "u1"),
          event(at(5), "b")});
  EXPECT_EQ(erase(*journal_, "u1"), 3U);
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), (Ids{at(2), at(5)}));
  EXPECT_FALSE(read_after({"a", "b"}, at(1)).gap) << "nobody has to begin anew";
  EXPECT_EQ(rooms("", 10), (std::vector<std::string>{"a 1 3", "b 1 5"}));
  EXPECT_EQ((*journal_->open_reader())->find_room("a")->value().topic, "");
  EXPECT_EQ((*journal_->open_reader())->find("b", at(4)), std::nullopt);
  EXPECT_EQ(erase(*journal_, "u1"), 0U);
  EXPECT_EQ(erase(*journal_, "nobody"), 0U);
}

TEST_P(JournalRetention, ErasesMuchInPieces) {
  std::vector<room::Event> events;
  for (std::uint64_t n = 1; n <= 4500; ++n) {
    events.push_back(event(at(n), n % 3 == 0 ? "a" : "b"));
    if (n % 2 == 0) events.back().author = "u1";
  }
  append(events);
  EXPECT_EQ(erase(*journal_, "u1"), 2250U);
  const auto left = read_after({"a", "b"}, {}).events;
  EXPECT_EQ(left.size(), 2250U);
  for (const auto& one : left) EXPECT_EQ(one.author, "");
}

TEST_P(EmbeddedJournalRetention, WhatWasErasedDoesNotCount) {
  open({.messages_max = 3});
  auto mine = event(at(1), "a");
  mine.author = "u1";
  append({mine, event(at(2), "a"), event(at(3), "a")});
  EXPECT_EQ(erase(*journal_, "u1"), 1U);
  append({event(at(4), "a")});
  EXPECT_EQ(ids(read_after({"a"}, {}).events), (Ids{at(2), at(3), at(4)}));
  append({event(at(5), "a")});
  EXPECT_EQ(ids(read_after({"a"}, {}).events), (Ids{at(3), at(4), at(5)}));
}

TEST_P(JournalRetention, WithoutRetentionNothingGoes) {
  append({event(at(1), "a")});
  EXPECT_EQ(journal_->trim_by_age(~std::uint64_t{0}), false);
  EXPECT_EQ(rooms("", 10), std::vector<std::string>{"a 1 1"});
}

}  // namespace tinychat::journal::journal_retention_test
