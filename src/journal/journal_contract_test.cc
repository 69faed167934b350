// What every Journal promises, asked of each of them; what it keeps: journal_retention_test.cc.
#include "journal/journal_contract.h"

#include <thread>

namespace tinychat::journal::journal_contract_test {

INSTANTIATE_TEST_SUITE_P(Each, JournalContract, testing::ValuesIn(kKinds),
                         [](const auto& each) { return std::string(each.param.name); });

// What is asked of those alone that append in one piece.
class EmbeddedJournalContract : public JournalContract {};
INSTANTIATE_TEST_SUITE_P(Each, EmbeddedJournalContract, testing::ValuesIn(kEmbeddedKinds),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(JournalContract, BeginsEmptyAtItsOrigin) {
  EXPECT_EQ(journal_->origin(), at(0));
  EXPECT_EQ(journal_->head(), at(0));
  EXPECT_EQ(rooms("", 10), std::vector<std::string>{});
  EXPECT_EQ(read_before("a", kEnd, 10), Ids{});
  EXPECT_EQ(find("a", at(1)), std::nullopt);
  const auto page = read_after({"a"}, {});
  EXPECT_TRUE(page.events.empty() && page.complete && !page.gap);
}

TEST_P(JournalContract, GivesBackWhatWasAppended) {
  auto first = event(at(1, 7), "a", "key");
  first.sender = "";
  first.text = std::string("nul \0 and \xff", 10);
  const auto second = event(at(1, 8), "a");
  append({first, second});
  EXPECT_EQ(read_after({"a"}, {}).events, (std::vector{first, second}));
  EXPECT_EQ(*reader_->read_before("a", kEnd, 9), (std::vector{first, second}));
  EXPECT_EQ(find("a", first.id), first);
  EXPECT_EQ(*tested_->find_by_key("a", "key"), first);
  EXPECT_EQ(journal_->head(), second.id);
}

TEST_P(JournalContract, GivesBackWhoWroteIt) {
  auto signed_event = event(at(1), "a", "key");
  signed_event.author = "k3v9x2m4p7q1r8w5";
  append({signed_event, event(at(2), "a")});
  EXPECT_EQ(find("a", at(1)), signed_event);
  EXPECT_EQ(find("a", at(2))->author, "");
  EXPECT_EQ(*tested_->find_by_key("a", "key"), signed_event);
  EXPECT_EQ(read_after({"a"}, {}).events.front(), signed_event);
}

TEST_P(JournalContract, AppendOfNothingChangesNothing) {
  append({});
  EXPECT_EQ(journal_->head(), at(0));
}

TEST_P(EmbeddedJournalContract, AppendIsAllOrNothing) {
  append({event(at(1), "a", "k")});
  // A key that is already there is the one failure every journal can be brought to.
  const std::vector events{event(at(2), "b", "new"), event(at(3), "a"), event(at(4), "a", "k"),
                           event(at(5), "a")};
  const auto refused = tested_->append(events);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kStorageFailed);
  EXPECT_EQ(by_key("b", "new"), std::nullopt);
  EXPECT_EQ(journal_->head(), at(1));
  EXPECT_EQ(rooms("", 10), std::vector<std::string>{"a 1 1"});
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), Ids{at(1)});
  append({event(at(2), "b"), event(at(3), "a")});
  EXPECT_EQ(ids(read_after({"a", "b"}, {}).events), (Ids{at(1), at(2), at(3)}));
}

TEST_P(EmbeddedJournalContract, KeysAreUniqueWithinABatchToo) {
  EXPECT_FALSE(tested_->append(std::vector{event(at(1), "a", "k"), event(at(2), "a", "k")}));
  EXPECT_EQ(journal_->head(), at(0));
  append({event(at(1), "a", "k"), event(at(2), "b", "k"), event(at(3), "a", "K"), event(at(4), "a"),
          event(at(5), "a")});
  EXPECT_EQ(by_key("a", "k"), at(1));
  EXPECT_EQ(by_key("b", "k"), at(2));
  EXPECT_EQ(by_key("a", "K"), at(3));
}

TEST_P(JournalContract, UnknownKeysAreNotFound) {
  append({event(at(1), "a", "k"), event(at(2), "b")});
  EXPECT_EQ(by_key("b", "k"), std::nullopt);
  EXPECT_EQ(by_key("c", "k"), std::nullopt);
  EXPECT_EQ(by_key("a", "kk"), std::nullopt);
  EXPECT_EQ(by_key("b", ""), std::nullopt);
}

TEST_P(JournalContract, FindsWithinTheRoomOnly) {
  append({event(at(1), "a"), event(at(2), "b")});
  EXPECT_TRUE(find("a", at(1)));
  EXPECT_FALSE(find("b", at(1)));
  EXPECT_FALSE(find("c", at(1)));
  EXPECT_FALSE(find("a", at(1, 1)));
  EXPECT_FALSE(find("a", at(1, std::uint64_t{1} << 20U)));
  EXPECT_FALSE(find("a", kEnd));
  EXPECT_FALSE(find("a", {}));
}

TEST_P(JournalContract, PagesBackwards) {
  append({event(at(1), "a"), event(at(2), "b"), event(at(3), "a"), event(at(3, 1), "a"), event(at(4), "a")});
  EXPECT_EQ(read_before("a", kEnd, 2), (Ids{at(3, 1), at(4)}));
  EXPECT_EQ(read_before("a", at(3, 1), 2), (Ids{at(1), at(3)}));
  EXPECT_EQ(read_before("a", at(3), 2), Ids{at(1)});
  EXPECT_EQ(read_before("a", at(1), 2), Ids{});
  EXPECT_EQ(read_before("a", {}, 2), Ids{});
  EXPECT_EQ(read_before("a", kEnd, 0), Ids{});
  // A client's cursor may be any two numbers.
  EXPECT_EQ(read_before("a", at(3, ~std::uint64_t{0}), 2), (Ids{at(3), at(3, 1)}));
}

TEST_P(JournalContract, MergesRoomsInIdOrder) {
  append({event(at(1), "a"), event(at(2), "c"), event(at(3), "b"), event(at(4), "a")});
  append({event(at(5), "a"), event(at(6), "b"), event(at(7), "d"), event(at(8), "c")});
  EXPECT_EQ(ids(read_after({"c", "a", "nobody", "b"}, {}).events),
            (Ids{at(1), at(2), at(3), at(4), at(5), at(6), at(8)}));
  EXPECT_EQ(ids(read_after({"b", "a"}, at(3)).events), (Ids{at(4), at(5), at(6)}));
  EXPECT_EQ(ids(read_after({"b", "b", "b"}, {}).events), (Ids{at(3), at(6)}));
  EXPECT_EQ(read_after({}, {}).events.size(), 0U);
  EXPECT_EQ(read_after({"b", "a"}, at(3)).events[0].room, "a");
}

TEST_P(JournalContract, ReadsThroughABound) {
  append({event(at(1), "a"), event(at(2), "b"), event(at(2, 1), "a"), event(at(3), "a")});
  const auto page = read_after({"a", "b"}, at(1), at(2, 1));
  EXPECT_EQ(ids(page.events), (Ids{at(2), at(2, 1)}));
  EXPECT_TRUE(page.complete);
  EXPECT_EQ(ids(read_after({"a", "b"}, {}, at(2, ~std::uint64_t{0})).events), (Ids{at(1), at(2), at(2, 1)}));
  EXPECT_EQ(ids(read_after({"a"}, at(2, ~std::uint64_t{0})).events), Ids{at(3)});
  EXPECT_TRUE(read_after({"a", "b"}, at(3), at(2)).complete);
  EXPECT_TRUE(read_after({"a", "b"}, kEnd).complete);
}

TEST_P(JournalContract, StopsAtTheLimitOfEventsAndSaysWhetherMoreFollow) {
  append({event(at(1), "a"), event(at(2), "b"), event(at(3), "a"), event(at(4), "b"), event(at(5), "c")});
  auto page = read_after({"a", "b"}, {}, kEnd, 3);
  EXPECT_EQ(ids(page.events), (Ids{at(1), at(2), at(3)}));
  EXPECT_FALSE(page.complete);
  page = read_after({"a", "b"}, {}, kEnd, 4);
  EXPECT_EQ(page.events.size(), 4U);
  EXPECT_TRUE(page.complete);  // what follows is of another room
  page = read_after({"a", "b"}, {}, at(3), 3);
  EXPECT_TRUE(page.complete);  // what follows is beyond the bound
  page = read_after({"a", "b"}, {}, kEnd, 0);
  EXPECT_TRUE(page.events.empty());
  EXPECT_FALSE(page.complete);
  EXPECT_EQ(read_after({"a", "b"}, {}, kEnd, ~std::size_t{0}).events.size(), 4U);
}

TEST_P(JournalContract, StopsAtTheLimitOfBytesButGivesOneEvent) {
  std::vector events{event(at(1), "a"), event(at(2), "b"), event(at(3), "a")};
  for (auto& each : events) {
    each.sender = "12345";
    each.text = std::string(95, 'x');
  }
  append(events);
  auto page = read_after({"a", "b"}, {}, kEnd, kMany, 200);
  EXPECT_EQ(ids(page.events), (Ids{at(1), at(2)}));
  EXPECT_FALSE(page.complete);
  EXPECT_EQ(read_after({"a", "b"}, {}, kEnd, kMany, 199).events.size(), 1U);
  EXPECT_EQ(read_after({"a", "b"}, {}, kEnd, kMany, 0).events.size(), 1U);
  page = read_after({"a", "b"}, {}, kEnd, kMany, 300);
  EXPECT_EQ(page.events.size(), 3U);
  EXPECT_TRUE(page.complete);
}

TEST_P(JournalContract, ReadsAHundredRoomsPageByPage) {
  std::vector<room::Event> events;
  std::vector<std::string> names;
  for (std::uint64_t n = 0; n < 100; ++n) names.push_back("room " + std::to_string(n));
  for (std::uint64_t n = 1; n <= 3000; ++n) events.push_back(event(at(n), names[n * n * 7 % 100]));
  append(events);
  std::vector<room::Event> seen;
  for (bool complete = false; !complete;) {
    const auto page = read_after(names, seen.empty() ? EventId{} : seen.back().id, kEnd, 256);
    ASSERT_TRUE(page.complete || page.events.size() == 256);
    seen.insert(seen.end(), page.events.begin(), page.events.end());
    complete = page.complete;
  }
  EXPECT_EQ(seen, events);
}

TEST_P(JournalContract, TellsACursorFromBeforeTheOrigin) {
  append({event(at(1), "a")});
  EXPECT_FALSE(read_after({"a"}, {}).gap);
  EXPECT_FALSE(read_after({"a"}, at(0)).gap);
  EXPECT_TRUE(read_after({"a"}, {0, 1}).gap);
  const auto page = read_after({"nobody"}, {kOriginMilliseconds - 1, ~std::uint64_t{0}});
  EXPECT_TRUE(page.gap);
  EXPECT_TRUE(page.complete);
}

TEST_P(JournalContract, ListsRoomsByName) {
  append({event(at(1), "ab"), event(at(2), "a/b"), event(at(3), "a"), event(at(4), "caf\xc3\xa9"),
          event(at(5), "B"), event(at(6), "a")});
  EXPECT_EQ(rooms("", 10),
            (std::vector<std::string>{"B 1 5", "a 2 6", "a/b 1 2", "ab 1 1", "caf\xc3\xa9 1 4"}));
  EXPECT_EQ(rooms("", 2), (std::vector<std::string>{"B 1 5", "a 2 6"}));
  EXPECT_EQ(rooms("a", 2), (std::vector<std::string>{"a/b 1 2", "ab 1 1"}));
  EXPECT_EQ(rooms("aa", 1), (std::vector<std::string>{"ab 1 1"}));
  EXPECT_EQ(rooms("caf\xc3\xa9", 2), std::vector<std::string>{});
  EXPECT_EQ(ids(read_after({"a"}, {}).events), (Ids{at(3), at(6)}));
  EXPECT_EQ(read_before("caf\xc3\xa9", kEnd, 2), Ids{at(4)});
  EXPECT_EQ(read_before("cafe", kEnd, 2), Ids{});
}

TEST_P(JournalContract, KnowsARoomAndItsTopic) {
  open({.messages_max = 2});
  EXPECT_EQ(*reader_->find_room("a"), std::nullopt);
  const auto topic = [](EventId id, std::string room, std::string text) {
    auto made = event(id, std::move(room));
    made.kind = room::EventKind::kTopic;
    made.text = std::move(text);
    return made;
  };
  append({event(at(1), "a"), topic(at(2), "a", "tea"), topic(at(3), "b", "other")});
  EXPECT_EQ(find("a", at(2))->kind, room::EventKind::kTopic);
  EXPECT_EQ(*reader_->find_room("a"),
            (RoomSummary{.name = "a", .messages = 2, .last = at(2), .topic = "tea"}));
  // It stays when the event that set it has been trimmed.
  append({event(at(4), "a"), event(at(5), "a")});
  EXPECT_EQ(find("a", at(2)), std::nullopt);
  EXPECT_EQ(*reader_->find_room("a"),
            (RoomSummary{.name = "a", .messages = 2, .last = at(5), .topic = "tea"}));
  append({topic(at(6), "a", "coffee"), topic(at(7), "a", "")});
  EXPECT_EQ((*reader_->find_room("a"))->topic, "");
  EXPECT_EQ((*reader_->find_room("b"))->topic, "other");
}

TEST_P(JournalContract, EveryReaderSeesWhatWasAppended) {
  auto other = journal_->open_reader();
  ASSERT_TRUE(other);
  append({event(at(1), "a")});
  EXPECT_EQ(read_before("a", kEnd, 9).size(), 1U);
  append({event(at(2), "a")});
  EXPECT_EQ(read_before("a", kEnd, 9).size(), 2U);
  EXPECT_EQ((*other)->read_before("a", kEnd, 9)->size(), 2U);
}

// On other threads, while the writer appends: every event once, in order, and only what is committed.
TEST_P(JournalContract, ReadersFollowTheWriterFromOtherThreads) {
  constexpr std::uint64_t kBatches = 200;
  std::vector<std::thread> readers;
  for (int n = 0; n < 2; ++n) {
    readers.emplace_back([this] {
      auto reader = journal_->open_reader();
      ASSERT_TRUE(reader) << reader.error().detail;
      const std::vector<std::string> names{"a", "b"};
      Ids seen;
      while (seen.size() < 2 * kBatches) {
        const auto page =
            (*reader)->read_after(names, seen.empty() ? EventId{} : seen.back(), kEnd, 7, kMany);
        ASSERT_TRUE(page) << page.error().detail;
        ASSERT_FALSE(page->gap);
        for (const auto& each : page->events) seen.push_back(each.id);
        if (page->complete && tested_->is_embedded()) {
          ASSERT_EQ(seen.size() % 2, 0U);
        }
      }
      for (std::uint64_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], at(1 + i));
    });
  }
  for (std::uint64_t n = 0; n < kBatches; ++n) {
    append({event(at(2 * n + 1), "a"), event(at(2 * n + 2), "b")});
  }
  for (auto& reader : readers) reader.join();
}

}  // namespace tinychat::journal::journal_contract_test
