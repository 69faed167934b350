#include "hub/room_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace tinychat::hub::room_table_test {

room::SharedEvent event(std::uint64_t milliseconds, const std::string& room) {
  return std::make_shared<const room::RenderedEvent>(
      room::render(room::Event{.id = {milliseconds, 0},
                               .kind = room::EventKind::kMessage,
                               .room = room,
                               .sender = "s",
                               .text = std::string(1000, 'x'),
                               .idempotency_key = ""}));
}

TEST(RoomTable, MakesARoomOnceAndCoversWhatComesAfter) {
  RoomTable rooms(1 << 20);
  EXPECT_EQ(rooms.find("tea"), nullptr);
  Room& room = rooms.find_or_make("tea", {10, 0});
  EXPECT_EQ(room.name, "tea");
  EXPECT_TRUE(room.log.covers({10, 0}));
  EXPECT_FALSE(room.log.covers({9, 0}));
  EXPECT_EQ(&rooms.find_or_make("tea", {99, 0}), &room);
  EXPECT_TRUE(room.log.covers({10, 0}));
  EXPECT_EQ(rooms.find("tea"), &room);
  EXPECT_EQ(rooms.size(), 1U);
}

TEST(RoomTable, KeepsToItsBudgetByForgettingTheOldestOfAllRooms) {
  RoomTable rooms(10'000);
  Room& tea = rooms.find_or_make("tea", {});
  Room& coffee = rooms.find_or_make("coffee", {});
  tea.multi.push_back(0);
  coffee.multi.push_back(0);
  for (std::uint64_t id = 1; id <= 100; ++id) {
    Room& room = id % 3 == 0 ? tea : coffee;
    rooms.append(room, event(id, room.name));
    rooms.evict();
    ASSERT_LE(tea.log.size() + coffee.log.size(), 5U) << "two frames of a thousand bytes each";
  }
  ASSERT_FALSE(tea.log.empty());
  ASSERT_FALSE(coffee.log.empty());
  // What is left is the newest, over both.
  const auto oldest = std::min(tea.log.at(0)->id, coffee.log.at(0)->id).milliseconds;
  EXPECT_EQ(oldest, 100 - (tea.log.size() + coffee.log.size()) + 1);
  EXPECT_FALSE(tea.log.covers({90, 0}));
}

TEST(RoomTable, ARoomStaysForItsFollowersOrItsEvents) {
  RoomTable rooms(1 << 20);
  Room& room = rooms.find_or_make("tea", {});
  const auto add_follower = [&] {
    rooms.gains_follower(room);
    room.single[0][1].push_back(7);
  };
  const auto remove_follower = [&] {
    room.single[0][1].pop_back();
    rooms.lost_follower(room);
  };
  add_follower();
  add_follower();
  remove_follower();
  EXPECT_EQ(rooms.followed(), 1U);
  EXPECT_NE(rooms.find("tea"), nullptr);
  rooms.append(room, event(1, "tea"));
  remove_follower();
  EXPECT_EQ(rooms.followed(), 0U);
  EXPECT_NE(rooms.find("tea"), nullptr) << "its log holds something";
  rooms.restart({5, 0});
  EXPECT_EQ(rooms.find("tea"), nullptr);
  Room& coffee = rooms.find_or_make("coffee", {});
  rooms.gains_follower(coffee);
  coffee.multi.push_back(1);
  coffee.multi.pop_back();
  rooms.lost_follower(coffee);
  EXPECT_EQ(rooms.size(), 0U) << "nobody follows it, and it holds nothing";
}

TEST(RoomTable, ARoomWithoutFollowersGoesWithItsLastEvent) {
  RoomTable rooms(0);
  rooms.append(rooms.find_or_make("tea", {}), event(1, "tea"));
  rooms.evict();
  EXPECT_EQ(rooms.size(), 0U);
}

TEST(RoomTable, AfterARestartNothingOlderIsCovered) {
  RoomTable rooms(1 << 20);
  Room& tea = rooms.find_or_make("tea", {});
  tea.multi.push_back(0);
  rooms.append(tea, event(1, "tea"));
  rooms.restart({5, 0});
  ASSERT_EQ(rooms.find("tea"), &tea);
  EXPECT_TRUE(tea.log.empty());
  EXPECT_FALSE(tea.log.covers({4, 0}));
  EXPECT_TRUE(tea.log.covers({5, 0}));
  // The budget begins anew, too.
  rooms.append(tea, event(6, "tea"));
  rooms.evict();
  EXPECT_EQ(tea.log.size(), 1U);
}

}  // namespace tinychat::hub::room_table_test
