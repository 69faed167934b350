#include "net/batch_sender.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <tuple>
#include <vector>

#include "base/unique_fd.h"

namespace tinychat::net::batch_sender_test {

struct Subscriber {
  Subscriber() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()), 0);
    ours = UniqueFd(fds[0]);
    theirs = UniqueFd(fds[1]);
  }
  [[nodiscard]] std::string received() const {
    std::string all;
    std::array<char, 4096> buffer{};
    for (;;) {
      const ssize_t count = ::recv(theirs.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count <= 0) return all;
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  UniqueFd ours;
  UniqueFd theirs;
};

class BatchSenderOf : public testing::TestWithParam<std::tuple<std::size_t, bool>> {
 protected:
  BatchSenderOf() {
    if (has_ring_) sender_.open();
  }

  const std::size_t count_ = std::get<0>(GetParam());
  const bool has_ring_ = std::get<1>(GetParam());
  BatchSender sender_;
};

// One, few, as many as go together, more than that; without a ring and, where the kernel has one, with it.
INSTANTIATE_TEST_SUITE_P(Sizes, BatchSenderOf,
                         testing::Combine(testing::Values(1, 2, 3, 10, 512, 513, 600), testing::Bool()));

TEST_P(BatchSenderOf, EverySocketGetsItsOwn) {
  const std::vector<Subscriber> subscribers(count_);
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < subscribers.size(); ++i) texts.push_back("text " + std::to_string(i));
    std::vector<Send> sends;
    for (std::size_t i = 0; i < subscribers.size(); ++i) {
      sends.push_back({.fd = subscribers[i].ours.get(), .bytes = texts[i], .result = {}});
    }
    sender_.send(sends);
    for (std::size_t i = 0; i < subscribers.size(); ++i) {
      EXPECT_EQ(sends[i].result.status, IoStatus::kDone);
      EXPECT_EQ(sends[i].result.bytes, texts[i].size());
      EXPECT_EQ(subscribers[i].received(), texts[i]);
    }
  }
}

TEST_P(BatchSenderOf, SaysWhatBecameOfEach) {
  std::vector<Subscriber> subscribers(count_ + 3);
  const Subscriber& full = subscribers[1];
  const std::string much(64 * 1024, 'x');
  while (::send(full.ours.get(), much.data(), much.size(), MSG_DONTWAIT) > 0) {
  }
  subscribers[0].theirs.reset();
  const std::string huge(8 * 1024 * 1024, 'y');
  std::vector<Send> sends;
  for (const auto& one : subscribers) sends.push_back({.fd = one.ours.get(), .bytes = "hi", .result = {}});
  sends[2].bytes = huge;
  sender_.send(sends);
  EXPECT_EQ(sends[0].result.status, IoStatus::kFailed);
  EXPECT_EQ(sends[1].result.status, IoStatus::kWouldBlock);
  EXPECT_EQ(sends[2].result.status, IoStatus::kDone);
  EXPECT_GT(sends[2].result.bytes, 0U);
  EXPECT_LT(sends[2].result.bytes, huge.size());
  EXPECT_EQ(sends[3].result.bytes, 2U);
}

}  // namespace tinychat::net::batch_sender_test
