// What streams do when there is no memory to hold anything for them.
#include "hub/stream_world.h"

namespace tinychat::hub {
namespace {

using Reason = net::CloseReason;

constexpr std::size_t kOpening = 200;  // more than the opening of a stream takes

TEST(StreamBudget, HoldsWhatIsLeftToBeSentAndGivesItBack) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}), true, kOpening);
  world.settle();
  EXPECT_EQ(world.budget.held(), 0U);
  world.publish({{"tea", std::string(300, 'x')}});
  EXPECT_GT(world.budget.held(), 200U);
  world.make_room(fd, kAmple);
  world.settle();
  EXPECT_EQ(world.budget.held(), 0U);
}

TEST(StreamBudget, AStreamThatGoesGivesItBack) {
  StreamWorld world;
  const int fd = world.attach(following({"tea"}), true, kOpening);
  world.settle();
  world.publish({{"tea", std::string(300, 'x')}});
  ASSERT_GT(world.budget.held(), 0U);
  world.say(fd, {.is_hung_up = true});
  EXPECT_EQ(world.budget.held(), 0U);
}

// It comes back with its cursor and loses nothing.
TEST(StreamBudget, WithoutMemoryForItAStreamIsClosed) {
  StreamWorld world({.held_bytes = 400});
  const int stuck = world.attach(following({"tea"}), true, kOpening);
  world.settle();
  const int well = world.attach(following({"tea"}));
  world.settle();
  world.publish({{"tea", std::string(500, 'x')}});
  EXPECT_FALSE(world.is_open(stuck));
  EXPECT_TRUE(world.is_open(well));
  EXPECT_EQ(world.counters.count(Reason::kOverBudget), 1U);
  EXPECT_EQ(world.budget.held(), 0U);
  EXPECT_TRUE(world.read(well).contains("xxx"));
}

TEST(StreamBudget, WithoutMemoryForAPageAStreamAsksAgain) {
  StreamWorld world({.recent_bytes = 0, .held_bytes = 1000});
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

}  // namespace
}  // namespace tinychat::hub
