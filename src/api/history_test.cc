#include "api/history.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/memory_journal.h"

namespace tinychat::api::history_test {

using Numbers = std::vector<std::uint64_t>;

// A room of messages 10-0, 20-0, …, and another that must never show.
class History : public testing::Test {
 protected:
  void fill(std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i) {
      append("other", {i * 10 - 1, 0});
      append("room", {i * 10, 0});
      append("room2", {i * 10 + 1, 0});
    }
  }

  void append(const std::string& room, EventId id, const std::string& text = "t") {
    room::Event event;
    event.id = id;
    event.room = room;
    event.sender = "s";
    event.text = text;
    ASSERT_TRUE(journal_->append(std::span(&event, 1)));
  }

  // The milliseconds of the page's messages, and its two cursors.
  void expect_page(HistoryAnchor anchor, EventId id, std::size_t limit, const Numbers& messages,
                   std::optional<EventId> before, std::optional<EventId> after) {
    const auto page = read_history(*reader_, {"room", anchor, id, limit});
    ASSERT_TRUE(page);
    Numbers found;
    for (const auto& event : page->messages) {
      EXPECT_EQ(event.room, "room");
      found.push_back(event.id.milliseconds);
    }
    EXPECT_EQ(found, messages);
    EXPECT_EQ(page->before, before);
    EXPECT_EQ(page->after, after);
  }

  std::unique_ptr<journal::EmbeddedJournal> journal_ =
      journal::make_memory_journal({1, 0}, journal::Retention{});
  std::unique_ptr<journal::JournalReader> reader_ = journal_->open_reader().value();
};

constexpr auto kNone = std::nullopt;
using enum HistoryAnchor;

TEST_F(History, OfARoomWithoutMessagesIsOneEmptyPage) {
  append("other", {10, 0});
  for (const auto anchor : {kNewest, kBefore, kAfter, kAround}) {
    for (const EventId id : {EventId{0, 0}, EventId{10, 0}, EventId{UINT64_MAX, UINT64_MAX}}) {
      expect_page(anchor, id, 3, {}, kNone, kNone);
    }
  }
}

TEST_F(History, WithoutACursorEndsWithTheNewest) {
  fill(5);
  expect_page(kNewest, {}, 3, {30, 40, 50}, EventId{30, 0}, kNone);
  expect_page(kNewest, {}, 4, {20, 30, 40, 50}, EventId{20, 0}, kNone);
  expect_page(kNewest, {}, 5, {10, 20, 30, 40, 50}, kNone, kNone);
  expect_page(kNewest, {}, 6, {10, 20, 30, 40, 50}, kNone, kNone);
}

TEST_F(History, BeforeACursorHasWhatIsOlder) {
  fill(5);
  expect_page(kBefore, {40, 0}, 2, {20, 30}, EventId{20, 0}, EventId{30, 0});
  expect_page(kBefore, {40, 0}, 3, {10, 20, 30}, kNone, EventId{30, 0});
  // A cursor need not be the id of a message.
  expect_page(kBefore, {45, 0}, 2, {30, 40}, EventId{30, 0}, EventId{40, 0});
  expect_page(kBefore, {40, 1}, 1, {40}, EventId{40, 0}, EventId{40, 0});
  expect_page(kBefore, {1000, 0}, 2, {40, 50}, EventId{40, 0}, kNone);
  expect_page(kBefore, {UINT64_MAX, UINT64_MAX}, 1, {50}, EventId{50, 0}, kNone);
}

TEST_F(History, BeforeTheOldestIsAnEmptyPageThatLeadsBack) {
  fill(3);
  for (const EventId id : {EventId{10, 0}, EventId{5, 0}, EventId{0, 0}}) {
    expect_page(kBefore, id, 2, {}, kNone, EventId{0, 0});
  }
  expect_page(kAfter, {0, 0}, 2, {10, 20}, kNone, EventId{20, 0});
}

TEST_F(History, AfterACursorHasWhatIsNewer) {
  fill(5);
  expect_page(kAfter, {20, 0}, 2, {30, 40}, EventId{30, 0}, EventId{40, 0});
  expect_page(kAfter, {20, 0}, 3, {30, 40, 50}, EventId{30, 0}, kNone);
  expect_page(kAfter, {15, 0}, 1, {20}, EventId{20, 0}, EventId{20, 0});
  expect_page(kAfter, {0, 0}, 5, {10, 20, 30, 40, 50}, kNone, kNone);
  expect_page(kAfter, {9, UINT64_MAX}, 2, {10, 20}, kNone, EventId{20, 0});
}

TEST_F(History, AfterTheNewestIsAnEmptyPageThatLeadsBack) {
  fill(3);
  expect_page(kAfter, {30, 0}, 2, {}, EventId{30, 1}, kNone);
  expect_page(kBefore, {30, 1}, 2, {20, 30}, EventId{20, 0}, kNone);
  expect_page(kAfter, {30, UINT64_MAX}, 2, {}, EventId{31, 0}, kNone);
  expect_page(kAfter, {UINT64_MAX, UINT64_MAX}, 2, {}, EventId{UINT64_MAX, UINT64_MAX}, kNone);
}

TEST_F(History, AroundAMessageHasItInTheMiddle) {
  fill(9);
  expect_page(kAround, {50, 0}, 5, {30, 40, 50, 60, 70}, EventId{30, 0}, EventId{70, 0});
  expect_page(kAround, {50, 0}, 4, {30, 40, 50, 60}, EventId{30, 0}, EventId{60, 0});
  expect_page(kAround, {50, 0}, 1, {50}, EventId{50, 0}, EventId{50, 0});
  expect_page(kAround, {50, 0}, 9, {10, 20, 30, 40, 50, 60, 70, 80, 90}, kNone, kNone);
  expect_page(kAround, {50, 0}, 8, {10, 20, 30, 40, 50, 60, 70, 80}, kNone, EventId{80, 0});
}

TEST_F(History, AroundAnIdThatIsNoMessageHasItsNeighbours) {
  fill(9);
  expect_page(kAround, {55, 0}, 4, {40, 50, 60, 70}, EventId{40, 0}, EventId{70, 0});
  expect_page(kAround, {55, 0}, 1, {60}, EventId{60, 0}, EventId{60, 0});
}

TEST_F(History, AroundAnEndIsFilledFromTheOtherSide) {
  fill(9);
  expect_page(kAround, {90, 0}, 4, {60, 70, 80, 90}, EventId{60, 0}, kNone);
  expect_page(kAround, {10, 0}, 4, {10, 20, 30, 40}, kNone, EventId{40, 0});
  expect_page(kAround, {0, 0}, 2, {10, 20}, kNone, EventId{20, 0});
  expect_page(kAround, {1000, 0}, 1, {90}, EventId{90, 0}, kNone);
}

TEST_F(History, CursorsWalkThroughAllOfIt) {
  fill(23);
  for (std::size_t limit = 1; limit <= 25; ++limit) {
    Numbers back, forth;
    auto page = read_history(*reader_, {"room", kNewest, {}, limit}).value();
    for (;;) {
      for (auto it = page.messages.rbegin(); it != page.messages.rend(); ++it)
        back.push_back(it->id.milliseconds);
      if (!page.before) break;
      page = read_history(*reader_, {"room", kBefore, *page.before, limit}).value();
    }
    for (;;) {
      for (const auto& event : page.messages) forth.push_back(event.id.milliseconds);
      if (!page.after) break;
      page = read_history(*reader_, {"room", kAfter, *page.after, limit}).value();
    }
    EXPECT_EQ(back.size(), 23U) << limit;
    EXPECT_EQ(forth, Numbers(back.rbegin(), back.rend())) << limit;
  }
}

// Whoever asks for many long messages gets them page by page.
TEST_F(History, APageHasOnlySoMuchText) {
  const std::string text(limits::kHistoryPageBytesMax / 4, 'x');
  for (std::uint64_t i = 1; i <= 10; ++i) append("room", {i * 10, 0}, text);
  expect_page(kNewest, {}, 10, {70, 80, 90, 100}, EventId{70, 0}, kNone);
  expect_page(kBefore, {70, 0}, 10, {30, 40, 50, 60}, EventId{30, 0}, EventId{60, 0});
  expect_page(kAfter, {20, 0}, 10, {30, 40, 50, 60}, EventId{30, 0}, EventId{60, 0});
  expect_page(kAround, {50, 0}, 10, {30, 40, 50, 60}, EventId{30, 0}, EventId{60, 0});
}

TEST_F(History, APageHasAtLeastOneMessage) {
  const std::string text(limits::kHistoryPageBytesMax + 1, 'x');
  for (std::uint64_t i = 1; i <= 3; ++i) append("room", {i * 10, 0}, text);
  expect_page(kNewest, {}, 10, {30}, EventId{30, 0}, kNone);
  expect_page(kAfter, {10, 0}, 10, {20}, EventId{20, 0}, EventId{20, 0});
  expect_page(kAround, {20, 0}, 10, {10, 20}, kNone, EventId{20, 0});
}

TEST_F(History, AsJson) {
  append("room", {10, 0});
  append("room", {20, 3});
  const auto page = read_history(*reader_, {"room", kBefore, {20, 4}, 1});
  EXPECT_EQ(
      to_json(*page),
      R"({"messages":[{"id":"20-3","room":"room","sender":"s","text":"t","time":"1970-01-01T00:00:00.020Z"}],)"
      R"("before":"20-3","after":null})");
  EXPECT_EQ(to_json(HistoryPage{}), R"({"messages":[],"before":null,"after":null})");
}

TEST(HistoryQuery, HasACursorAndALimit) {
  const auto plain = parse_history_query("room", {});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->room, "room");
  EXPECT_EQ(plain->anchor, kNewest);
  EXPECT_EQ(plain->limit, limits::kHistoryPageDefault);

  const auto before = parse_history_query("room", {{"before", "17-3"}, {"limit", "200"}, {"else", "x"}});
  ASSERT_TRUE(before);
  EXPECT_EQ(before->anchor, kBefore);
  EXPECT_EQ(before->id, (EventId{17, 3}));
  EXPECT_EQ(before->limit, 200U);
  EXPECT_EQ(parse_history_query("room", {{"after", "17"}})->anchor, kAfter);
  EXPECT_EQ(parse_history_query("room", {{"around", "17-0"}, {"limit", "1"}})->anchor, kAround);
}

TEST(HistoryQuery, RefusesWhatMeansNothing) {
  const std::vector<wire::Fields> cases = {
      {{"before", "1-0"}, {"after", "2-0"}},
      {{"around", "1-0"}, {"before", "1-0"}},
      {{"before", "1-0"}, {"before", "1-0"}},
      {{"before", ""}},
      {{"after", "yesterday"}},
      {{"around", "-1"}},
      {{"limit", "0"}},
      {{"limit", "201"}},
      {{"limit", "-1"}},
      {{"limit", "10x"}},
      {{"limit", ""}},
      {{"limit", "99999999999999999999999"}},
  };
  for (const auto& query : cases) {
    const auto parsed = parse_history_query("room", query);
    ASSERT_FALSE(parsed) << query[0].name << '=' << query[0].value;
    EXPECT_EQ(parsed.error().code, Code::kUnprocessable);
  }
  EXPECT_NE(parse_history_query("room", {{"after", "x"}}).error().detail.find("<milliseconds>-<number>"),
            std::string::npos);
}

}  // namespace tinychat::api::history_test
