#include "room/room_log.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

namespace tinychat::room::room_log_test {

SharedEvent event(std::uint64_t milliseconds) {
  return std::make_shared<const RenderedEvent>(render(Event{.id = {milliseconds, 0},
                                                            .kind = EventKind::kMessage,
                                                            .room = "r",
                                                            .sender = "s",
                                                            .text = "t",
                                                            .idempotency_key = ""}));
}

TEST(RoomLog, ANewLogCoversFromItsFloorOn) {
  const RoomLog log({10, 0});
  EXPECT_TRUE(log.empty());
  EXPECT_TRUE(log.covers({10, 0}));
  EXPECT_TRUE(log.covers({10, 1}));
  EXPECT_FALSE(log.covers({9, 999}));
  EXPECT_EQ(log.first_after({10, 0}), 0U);
}

TEST(RoomLog, FindsTheFirstEventAfterACursor) {
  RoomLog log({10, 0});
  for (const auto id : {11U, 13U, 15U}) log.append(event(id));
  EXPECT_EQ(log.size(), 3U);
  EXPECT_EQ(log.first_after({10, 0}), 0U);
  EXPECT_EQ(log.first_after({11, 0}), 1U);
  EXPECT_EQ(log.first_after({12, 0}), 1U);
  EXPECT_EQ(log.first_after({13, 0}), 2U);
  EXPECT_EQ(log.first_after({15, 0}), 3U);
  EXPECT_EQ(log.first_after({99, 0}), 3U);
}

TEST(RoomLog, AnEvictedEventIsTheNewFloor) {
  RoomLog log({10, 0});
  log.append(event(11));
  log.append(event(12));
  log.evict_oldest();
  EXPECT_FALSE(log.covers({10, 0}));
  EXPECT_TRUE(log.covers({11, 0}));
  EXPECT_EQ(log.at(0)->id, (EventId{12, 0}));
  log.evict_oldest();
  EXPECT_TRUE(log.empty());
  EXPECT_FALSE(log.covers({11, 0}));
  EXPECT_TRUE(log.covers({12, 0}));
}

TEST(RoomLog, RestartForgetsEverythingUpToTheNewFloor) {
  RoomLog log({10, 0});
  log.append(event(11));
  log.restart({20, 0});
  EXPECT_TRUE(log.empty());
  EXPECT_FALSE(log.covers({11, 0}));
  EXPECT_TRUE(log.covers({20, 0}));
  log.append(event(21));
  EXPECT_EQ(log.first_after({20, 0}), 0U);
}

TEST(RoomLog, LetsGoOfWhatItEvicts) {
  RoomLog log({10, 0});
  const auto held = event(11);
  log.append(SharedEvent(held));
  log.append(event(12));
  EXPECT_EQ(held.use_count(), 2);
  log.evict_oldest();
  EXPECT_EQ(held.use_count(), 1);
}

// The ring against a deque, through growth, wrapping and emptying.
TEST(RoomLog, IsARing) {
  std::minstd_rand random(7);
  RoomLog log({0, 0});
  std::deque<std::uint64_t> model;
  std::uint64_t floor = 0;
  std::uint64_t next = 1;
  for (int step = 0; step < 4000; ++step) {
    // Phases of growing and of shrinking.
    const unsigned appends_of_ten = (step / 100) % 2 == 0 ? 6 : 4;
    if (model.empty() || random() % 10 < appends_of_ten) {
      log.append(event(next));
      model.push_back(next++);
    } else {
      log.evict_oldest();
      floor = model.front();
      model.pop_front();
    }
    ASSERT_EQ(log.size(), model.size());
    for (std::size_t i = 0; i < model.size(); ++i) ASSERT_EQ(log.at(i)->id.milliseconds, model[i]);
    ASSERT_TRUE(log.covers({floor, 0}));
    if (floor > 0) {
      ASSERT_FALSE(log.covers({floor - 1, 0}));
    }
    const std::uint64_t cursor = floor + random() % (next - floor);
    ASSERT_EQ(log.first_after({cursor, 0}), cursor - floor);
  }
}

TEST(RoomLogDeathTest, IdsOnlyGrow) {
  RoomLog log({10, 0});
  EXPECT_DEATH(log.append(event(10)), "");
  log.append(event(11));
  EXPECT_DEATH(log.append(event(11)), "");
}

}  // namespace tinychat::room::room_log_test
