#include "net/reactor.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <thread>

#include "base/unique_fd.h"

namespace tinychat::net {
namespace {

using namespace std::chrono_literals;

// Ends a loop that goes wrong.
class Deadline {
 public:
  [[nodiscard]] bool is_over() const { return std::chrono::steady_clock::now() > end_; }

 private:
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + 10s;
};

TEST(Reactor, ATurnHandlesWhatIsThereAndThenEndsOnce) {
  Reactor reactor;
  int handled = 0;
  for (int i = 0; i < 10; ++i) reactor.post([&] { ++handled; });
  reactor.run(
      [&] {
        EXPECT_EQ(handled, 10);
        reactor.stop();
      },
      [] {});
  EXPECT_EQ(handled, 10);
}

TEST(Reactor, TakesWorkFromOtherThreads) {
  Reactor reactor;
  bool done = false;
  std::thread other([&] {
    reactor.post([&] {
      done = true;
      reactor.stop();
    });
  });
  reactor.run([] {}, [] {});
  other.join();
  EXPECT_TRUE(done);
}

// Under a load that never lets up the turn must end, too: its end is when streams are served.
TEST(Reactor, ATurnEndsThoughThereIsAlwaysMoreToDo) {
  Reactor reactor;
  const Deadline deadline;
  int turns = 0;
  std::function<void()> busy = [&] {
    if (turns >= 3 || deadline.is_over()) {
      reactor.stop();
    } else {
      reactor.post(busy);
    }
  };
  reactor.post(busy);
  reactor.run([&] { ++turns; }, [] {});
  EXPECT_FALSE(deadline.is_over()) << "the loop never came to the end of its turn";
  EXPECT_GE(turns, 3);
}

TEST(Reactor, CountsTheSeconds) {
  Reactor reactor;
  int seconds = 0;
  const auto begin = std::chrono::steady_clock::now();
  reactor.run([] {},
              [&] {
                ++seconds;
                reactor.stop();
              });
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 1s);
  EXPECT_EQ(seconds, 1);
}

TEST(Reactor, AWatchTellsOnceAndOwnsNothing) {
  int fds[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
  const UniqueFd ours(fds[0]);
  const UniqueFd theirs(fds[1]);
  Reactor reactor;
  int readable = 0;
  int writable = 0;
  bool forgotten = false;
  {
    Reactor::Watch watch(reactor, ours.get());
    watch.when_readable([&] { ++readable; });
    watch.when_writable([&] { ++writable; });
    ASSERT_EQ(::send(theirs.get(), "x", 1, 0), 1);
    const Deadline deadline;
    reactor.post([] {});
    reactor.run(
        [&] {
          if ((readable > 0 && writable > 0) || deadline.is_over()) reactor.stop();
        },
        [] {});
    EXPECT_EQ(readable, 1);
    EXPECT_EQ(writable, 1);
    watch.when_readable([&] { forgotten = true; });
  }
  EXPECT_FALSE(forgotten);
  EXPECT_EQ(::send(ours.get(), "x", 1, 0), 1) << "the descriptor is still open";
}

}  // namespace
}  // namespace tinychat::net
