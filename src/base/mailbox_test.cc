#include "base/mailbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace tinychat::mailbox_test {

using namespace std::chrono_literals;

std::chrono::steady_clock::time_point soon() { return std::chrono::steady_clock::now() + 10s; }
std::chrono::steady_clock::time_point past() { return std::chrono::steady_clock::now() - 1s; }

TEST(Mailbox, GivesEverythingBackInOrderAndAtOnce) {
  Mailbox<int> box(10);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(box.try_push(int{i}));
  std::vector<int> out = {99};
  box.drain(out);
  EXPECT_EQ(out, (std::vector{0, 1, 2}));
  box.drain(out);
  EXPECT_TRUE(out.empty());
}

TEST(Mailbox, AFullBoxRefusesAndLeavesTheItemWithTheCaller) {
  Mailbox<std::unique_ptr<int>> box(1);
  ASSERT_TRUE(box.try_push(std::make_unique<int>(1)));
  auto item = std::make_unique<int>(2);
  EXPECT_FALSE(box.try_push(std::move(item)));
  ASSERT_NE(item, nullptr);
  std::vector<std::unique_ptr<int>> out;
  box.drain(out);
  EXPECT_EQ(out.size(), 1U);
  EXPECT_TRUE(box.try_push(std::move(item)));
}

TEST(Mailbox, TakesManyAsFarAsThereIsRoom) {
  int wakes = 0;
  Mailbox<std::unique_ptr<int>> box(3, [&] { ++wakes; });
  std::vector<std::unique_ptr<int>> items;
  box.try_push_all(items);
  EXPECT_EQ(wakes, 0);
  for (int i = 0; i < 5; ++i) items.push_back(std::make_unique<int>(i));
  box.try_push_all(items);
  EXPECT_EQ(wakes, 1);
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(*items[0], 3);
  std::vector<std::unique_ptr<int>> out;
  box.drain(out);
  ASSERT_EQ(out.size(), 3U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*out[static_cast<std::size_t>(i)], i);
  box.try_push_all(items);
  EXPECT_TRUE(items.empty());
  box.drain(out);
  EXPECT_EQ(*out.at(1), 4);
  box.close();
  items.push_back(std::make_unique<int>(5));
  box.try_push_all(items);
  EXPECT_EQ(items.size(), 1U) << "nobody is there to take it";
}

TEST(Mailbox, AnswersHaveRoomInAFullBox) {
  Mailbox<int> box(1);
  ASSERT_TRUE(box.try_push(1));
  box.push_answer(2);
  box.push_answer(3);
  EXPECT_FALSE(box.try_push(4));
  std::vector<int> out;
  box.drain(out);
  EXPECT_EQ(out, (std::vector{1, 2, 3}));
}

TEST(Mailbox, WakesItsOwnerOncePerBatch) {
  int wakes = 0;
  Mailbox<int> box(10, [&] { ++wakes; });
  ASSERT_TRUE(box.try_push(1));
  ASSERT_TRUE(box.try_push(2));
  box.push_answer(3);
  EXPECT_EQ(wakes, 1);
  std::vector<int> out;
  box.drain(out);
  box.push_answer(4);
  EXPECT_EQ(wakes, 2);
}

TEST(Mailbox, ARefusedPushWakesNobody) {
  int wakes = 0;
  Mailbox<int> box(0, [&] { ++wakes; });
  EXPECT_FALSE(box.try_push(1));
  EXPECT_EQ(wakes, 0);
}

TEST(Mailbox, AfterCloseNothingComesInAndWhatIsInsideComesOut) {
  int wakes = 0;
  Mailbox<int> box(10, [&] { ++wakes; });
  ASSERT_TRUE(box.try_push(1));
  box.close();
  EXPECT_FALSE(box.try_push(2));
  box.push_answer(3);
  EXPECT_EQ(wakes, 1);
  std::vector<int> out;
  EXPECT_TRUE(box.wait_and_drain(out, past()));
  EXPECT_EQ(out, std::vector{1});
  EXPECT_FALSE(box.wait_and_drain(out, soon()));
  EXPECT_TRUE(out.empty());
}

TEST(Mailbox, AWaitEndsWithItsDeadlineAndTheBoxIsStillOpen) {
  Mailbox<int> box(10);
  std::vector<int> out = {99};
  EXPECT_TRUE(box.wait_and_drain(out, past()));
  EXPECT_TRUE(out.empty());
}

TEST(Mailbox, AWaitEndsWithAnItemOfAnotherThread) {
  Mailbox<int> box(10);
  std::thread other([&] { EXPECT_TRUE(box.try_push(7)); });
  std::vector<int> out;
  EXPECT_TRUE(box.wait_and_drain(out, soon()));
  other.join();
  EXPECT_EQ(out, std::vector{7});
}

TEST(Mailbox, AWaitEndsWithACloseOfAnotherThread) {
  Mailbox<int> box(10);
  std::thread other([&] { box.close(); });
  std::vector<int> out;
  EXPECT_FALSE(box.wait_and_drain(out, soon()));
  other.join();
}

// Nothing is lost or doubled, and what one thread sends stays in its order.
TEST(Mailbox, ManyThreadsSendToOne) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  Mailbox<int> box(64);
  std::vector<std::thread> senders;
  for (int thread = 0; thread < kThreads; ++thread) {
    senders.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        while (!box.try_push(thread * kEach + i)) std::this_thread::yield();
      }
    });
  }
  std::vector<int> next(kThreads, 0);
  int received = 0;
  std::vector<int> out;
  while (received < kThreads * kEach && box.wait_and_drain(out, soon()) && !out.empty()) {
    EXPECT_LE(out.size(), 64U);
    for (const int item : out) {
      ASSERT_EQ(item % kEach, next[static_cast<std::size_t>(item / kEach)]++);
      ++received;
    }
  }
  for (auto& sender : senders) sender.join();
  EXPECT_EQ(received, kThreads * kEach);
}

}  // namespace tinychat::mailbox_test
