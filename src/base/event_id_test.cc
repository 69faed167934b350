#include "base/event_id.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

namespace tinychat::event_id_test {

using namespace std::string_literals;

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

TEST(EventId, IsWrittenAsRedisWritesIt) {
  EXPECT_EQ(to_string(EventId{}), "0-0");
  EXPECT_EQ(to_string(EventId{1361572294000, 3}), "1361572294000-3");
  EXPECT_EQ(to_string(EventId{kMax, kMax}), "18446744073709551615-18446744073709551615");
}

TEST(EventId, IsReadBack) {
  for (const EventId id : {EventId{}, EventId{1361572294000, 3}, EventId{0, kMax}, EventId{kMax, kMax}}) {
    EXPECT_EQ(parse_event_id(to_string(id)), id);
  }
  EXPECT_EQ(parse_event_id("1361572294"), (EventId{1361572294, 0}));
  EXPECT_EQ(parse_event_id("007-08"), (EventId{7, 8}));
}

TEST(EventId, NonsenseIsNoId) {
  for (const auto& text : {""s,
                           "-"s,
                           "1-"s,
                           "-1"s,
                           "1--1"s,
                           "1-1-1"s,
                           "+1"s,
                           "1-+1"s,
                           " 1"s,
                           "1 "s,
                           "1 -1"s,
                           "1- 1"s,
                           "a"s,
                           "1-a"s,
                           "1a-1"s,
                           "0x1"s,
                           "1.5"s,
                           "$"s,
                           "1-\0"s,
                           "1\0"s,
                           "18446744073709551616"s,
                           "1-18446744073709551616"s}) {
    EXPECT_EQ(parse_event_id(text), std::nullopt) << text;
  }
}

TEST(EventId, ComparesByTimeThenSequence) {
  EXPECT_LT((EventId{1, 9}), (EventId{2, 0}));
  EXPECT_LT((EventId{1, 1}), (EventId{1, 2}));
  EXPECT_EQ((EventId{1, 1}), (EventId{1, 1}));
  // Not as text.
  EXPECT_LT((EventId{9, 0}), (EventId{10, 0}));
  EXPECT_LT((EventId{1, 9}), (EventId{1, 10}));
}

TEST(EventIdSource, TakesTheTimeAndCountsWithinAMillisecond) {
  EventIdSource source(EventId{});
  EXPECT_EQ(source.next(1000), (EventId{1000, 0}));
  EXPECT_EQ(source.next(1000), (EventId{1000, 1}));
  EXPECT_EQ(source.next(1001), (EventId{1001, 0}));
}

TEST(EventIdSource, GoesOnFromTheLastIdWhenTheClockIsBehindIt) {
  EventIdSource source(EventId{5000, 7});
  EXPECT_EQ(source.next(4000), (EventId{5000, 8}));
  EXPECT_EQ(source.next(5000), (EventId{5000, 9}));
  EXPECT_EQ(source.next(0), (EventId{5000, 10}));
  EXPECT_EQ(source.next(5001), (EventId{5001, 0}));
}

TEST(EventIdSource, BorrowsFromTheNextMillisecond) {
  EventIdSource source(EventId{5000, EventIdSource::kSequencesPerMillisecond - 2});
  EXPECT_EQ(source.next(5000), (EventId{5000, EventIdSource::kSequencesPerMillisecond - 1}));
  EXPECT_EQ(source.next(5000), (EventId{5001, 0}));
  EXPECT_EQ(source.next(5000), (EventId{5001, 1}));
}

TEST(EventIdSource, GoesOnFromASequenceThatItWouldNotGiveOut) {
  EventIdSource source(EventId{5000, std::numeric_limits<std::uint64_t>::max()});
  EXPECT_EQ(source.next(5000), (EventId{5001, 0}));
}

TEST(EventIdSource, AlwaysGrows) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> step(-20, 20);
  EventId last{1000, EventIdSource::kSequencesPerMillisecond - 100};
  EventIdSource source(last);
  std::int64_t now = 1000;
  for (int i = 0; i < 100'000; ++i) {
    now = std::max<std::int64_t>(0, now + step(random));
    const EventId id = source.next(static_cast<std::uint64_t>(now));
    ASSERT_GT(id, last);
    ASSERT_LT(id.sequence, EventIdSource::kSequencesPerMillisecond);
    last = id;
  }
}

}  // namespace tinychat::event_id_test
