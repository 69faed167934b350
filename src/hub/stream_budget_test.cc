// What streams do when there is no memory to hold anything for them.
#include "hub/stream_world.h"

namespace tinychat::hub::stream_budget_test {

using Reason = net::CloseReason;

constexpr std::size_t kOpening = 200;  // more than the opening of a stream takes

TEST(StreamBudget, HoldsWhatIsLeftToBeSentAndGivesItBack) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}), true, kOpening);
  world.settle();
  const std::size_t before = world.budget.held();
  world.publish({{"tea", std::string(300, 'x')}});
  EXPECT_GT(world.budget.held(), before + 200);
  world.make_room(fd, kAmple);
  world.settle();
  EXPECT_EQ(world.budget.held(), before);
}

TEST(StreamBudget, AStreamThatGoesGivesItBack) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}), true, kOpening);
  world.settle();
  world.publish({{"tea", std::string(300, 'x')}});
  const std::size_t before = world.budget.held();
  world.say(fd, {.is_hung_up = true});
  // The room stays as long as something of it is remembered.
  EXPECT_LT(world.budget.held(), before - 200);
}

// It comes back with its cursor and loses nothing.
TEST(StreamBudget, WithoutMemoryForItAStreamIsClosed) {
  StreamWorld world({.held_bytes = 1100});
  const int stuck = world.attach(following({"tea"}), true, kOpening);
  world.settle();
  const int well = world.attach(following({"tea"}));
  world.settle();
  world.publish({{"tea", std::string(800, 'x')}});
  EXPECT_FALSE(world.is_open(stuck));
  EXPECT_TRUE(world.is_open(well));
  EXPECT_EQ(world.counters.count(Reason::kOverBudget), 1U);
  EXPECT_TRUE(world.read(well).contains("xxx"));
}

TEST(StreamBudget, WithoutMemoryForAPageAStreamAsksAgain) {
  StreamWorld world({.recent_bytes = 0, .held_bytes = 2000});
  world.publish({{"tea", std::string(600, 'x')}});
  const int fd = world.attach(following({"tea"}, EventId{1000, 0}));
  ByteBudget::Share others(world.budget);
  world.catch_up();
  ASSERT_TRUE(others.resize(900));
  world.answer();
  world.catch_up();
  EXPECT_TRUE(world.is_open(fd));
  EXPECT_FALSE(world.read(fd).contains("xxx"));
  ASSERT_TRUE(others.resize(0));
  world.pass(std::chrono::seconds(2));
  world.settle();
  EXPECT_TRUE(world.read(fd).contains("xxx"));
}

TEST(StreamBudget, WhoFollowsMoreThanThereIsMemoryForIsToldToComeBack) {
  StreamWorld world({.held_bytes = 20'000});
  std::vector<std::string> rooms;
  for (int i = 0; i < 100; ++i) rooms.push_back(std::to_string(i));
  const int many = world.attach(following(rooms));
  world.settle();
  EXPECT_FALSE(world.is_open(many));
  EXPECT_TRUE(world.read(many).starts_with("retry: ") || world.read(many).empty());
  rooms.resize(10);
  const int few = world.attach(following(rooms));
  world.settle();
  EXPECT_TRUE(world.is_open(few));
}

}  // namespace tinychat::hub::stream_budget_test
