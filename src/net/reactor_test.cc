#include "net/reactor.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <functional>
#include <thread>

#include "base/unique_fd.h"

namespace tinychat::net::reactor_test {

using namespace std::chrono_literals;

// Ends a loop that goes wrong.
class Deadline {
 public:
  [[nodiscard]] bool is_over() const { return std::chrono::steady_clock::now() > end_; }

 private:
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + 10s;
};

// Two ends of one connection.
struct Pair {
  Pair() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()), 0);
    ours = UniqueFd(fds[0]);
    theirs = UniqueFd(fds[1]);
  }
  void say(std::string_view bytes) const {
    EXPECT_EQ(::send(theirs.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  [[nodiscard]] ssize_t hear(std::size_t bytes_max) const {
    std::array<char, 64> nowhere{};
    return ::recv(ours.get(), nowhere.data(), bytes_max, 0);
  }
  // Until it takes no more.
  void fill() const {
    const std::string bytes(4096, 'x');
    while (::send(ours.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
    }
  }
  void empty() const {
    std::array<char, 4096> nowhere{};
    while (::recv(theirs.get(), nowhere.data(), nowhere.size(), MSG_DONTWAIT) > 0) {
    }
  }

  UniqueFd ours;
  UniqueFd theirs;
};

void turn_until(Reactor& reactor, const std::function<bool()>& is_done) {
  const Deadline deadline;
  bool done = false;
  reactor.turn_again();
  reactor.run({.end_of_turn =
                   [&](auto) {
                     done = is_done();
                     if (done || deadline.is_over()) reactor.stop();
                     reactor.turn_again();
                   },
               .every_second = [] {}});
  EXPECT_TRUE(done);
}

TEST(Reactor, ATurnHandlesWhatIsThereAndThenEndsOnce) {
  Reactor reactor;
  int handled = 0;
  for (int i = 0; i < 10; ++i) reactor.post([&] { ++handled; });
  reactor.run({.end_of_turn =
                   [&](auto) {
                     EXPECT_EQ(handled, 10);
                     reactor.stop();
                   },
               .every_second = [] {}});
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
  reactor.run({.end_of_turn = [](auto) {}, .every_second = [] {}});
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
  reactor.run({.end_of_turn = [&](auto) { ++turns; }, .every_second = [] {}});
  EXPECT_FALSE(deadline.is_over()) << "the loop never came to the end of its turn";
  EXPECT_GE(turns, 3);
}

TEST(Reactor, CountsTheSeconds) {
  Reactor reactor;
  int seconds = 0;
  const auto begin = std::chrono::steady_clock::now();
  reactor.run({.end_of_turn = [](auto) {},
               .every_second =
                   [&] {
                     if (++seconds == 2) reactor.stop();
                   }});
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 1s);
  EXPECT_EQ(seconds, 2);
}

TEST(Reactor, TurnsAgainAtOnceIfAsked) {
  Reactor reactor;
  int turns = 0;
  int seconds = 0;
  reactor.turn_again();
  reactor.run({.end_of_turn =
                   [&](auto) {
                     if (++turns < 5) {
                       reactor.turn_again();
                     } else {
                       reactor.stop();
                     }
                   },
               .every_second = [&] { ++seconds; }});
  EXPECT_EQ(turns, 5);
  EXPECT_EQ(seconds, 0) << "the clock turned it";
}

// --- Watches -----------------------------------------------------------------------------------

TEST(Reactor, AWatchTellsOnceAndOwnsNothing) {
  const Pair pair;
  Reactor reactor;
  int readable = 0;
  int writable = 0;
  bool forgotten = false;
  {
    Reactor::Watch watch(reactor, pair.ours.get());
    watch.when_readable([&] { ++readable; });
    watch.when_writable([&] { ++writable; });
    pair.say("x");
    turn_until(reactor, [&] { return readable > 0 && writable > 0; });
    EXPECT_EQ(readable, 1);
    EXPECT_EQ(writable, 1);
    watch.when_readable([&] { forgotten = true; });
  }
  Reactor::Watch other(reactor, pair.theirs.get());
  EXPECT_FALSE(forgotten);
  EXPECT_EQ(::send(pair.ours.get(), "x", 1, 0), 1) << "the descriptor is still open";
}

// Whoever has not read all there is need not wait for the kernel, which has said it once.
TEST(Reactor, AWaitEndsAtOnceWhileThereIsInput) {
  const Pair pair;
  Reactor reactor;
  Reactor::Watch watch(reactor, pair.ours.get());
  pair.say("abc");
  int heard = 0;
  std::function<void()> hear = [&] {
    if (pair.hear(1) == 1) ++heard;
    watch.when_readable(hear);
  };
  watch.when_readable(hear);
  turn_until(reactor, [&] { return heard == 3; });
}

TEST(Reactor, AWaitIsForNewsOnceTheInputIsDrained) {
  const Pair pair;
  Reactor reactor;
  Reactor::Watch watch(reactor, pair.ours.get());
  int calls = 0;
  int heard = 0;
  int turns = 0;
  std::function<void()> hear = [&] {
    ++calls;
    const ssize_t count = pair.hear(64);
    watch.has_drained_input();
    if (count > 0) heard += static_cast<int>(count);
    watch.when_readable(hear);
  };
  watch.when_readable(hear);
  turn_until(reactor, [&] { return ++turns == 20; });
  EXPECT_EQ(calls, 1) << "there was nothing to hear";
  pair.say("abc");
  turn_until(reactor, [&] { return heard == 3; });
  EXPECT_EQ(calls, 2);
}

TEST(Reactor, TheEndOfTheInputIsToldAfterTheInput) {
  Pair pair;
  Reactor reactor;
  Reactor::Watch watch(reactor, pair.ours.get());
  pair.say("abc");
  pair.theirs.reset();
  bool is_over = false;
  std::function<void()> hear = [&] {
    const ssize_t count = pair.hear(64);
    watch.has_drained_input();
    is_over = count == 0;
    if (!is_over) watch.when_readable(hear);
  };
  // Not before the kernel has told both, in one.
  int turns = 0;
  turn_until(reactor, [&] { return ++turns == 3; });
  watch.when_readable(hear);
  turn_until(reactor, [&] { return is_over; });
}

TEST(Reactor, TellsWhenThereIsRoomToWrite) {
  const Pair pair;
  Reactor reactor;
  Reactor::Watch watch(reactor, pair.ours.get());
  for (int round = 0; round < 2; ++round) {
    pair.fill();
    bool has_room = false;
    watch.when_writable([&] { has_room = true; });
    int turns = 0;
    turn_until(reactor, [&] { return ++turns == 3; });
    EXPECT_FALSE(has_room);
    pair.empty();
    turn_until(reactor, [&] { return has_room; });
  }
}

// --- Streams -----------------------------------------------------------------------------------

struct Seen {
  bool can_write = false;
  bool has_input = false;
  bool is_hung_up = false;
};

// What one turn and those after it say of the stream, until `is_done`.
void watch_stream(Reactor& reactor, std::uint64_t token, Seen& seen, const std::function<bool()>& is_done) {
  const Deadline deadline;
  reactor.turn_again();
  reactor.run({.end_of_turn =
                   [&](auto ready) {
                     for (const auto& one : ready) {
                       EXPECT_EQ(one.token, token);
                       seen.can_write |= one.can_write;
                       seen.has_input |= one.has_input;
                       seen.is_hung_up |= one.is_hung_up;
                     }
                     if (is_done() || deadline.is_over()) reactor.stop();
                   },
               .every_second = [] {}});
  EXPECT_TRUE(is_done());
}

TEST(Reactor, AConnectionBecomesAStream) {
  Pair pair;
  Reactor reactor;
  bool is_told = false;
  {
    Reactor::Watch watch(reactor, pair.ours.get());
    watch.when_readable([&] { watch.has_drained_input(); });
    int turns = 0;
    turn_until(reactor, [&] { return ++turns == 2; });
    watch.when_readable([&] { is_told = true; });
  }
  ASSERT_TRUE(reactor.add_stream(pair.ours.get(), Reactor::kTokenMax));
  Seen seen;
  watch_stream(reactor, Reactor::kTokenMax, seen, [&] { return seen.can_write; });
  EXPECT_FALSE(seen.has_input);
  pair.say("x");
  watch_stream(reactor, Reactor::kTokenMax, seen, [&] { return seen.has_input; });
  EXPECT_FALSE(seen.is_hung_up);
  pair.theirs.reset();
  watch_stream(reactor, Reactor::kTokenMax, seen, [&] { return seen.is_hung_up; });
  EXPECT_FALSE(is_told);
}

TEST(Reactor, AStreamThatWasNoConnectionIsTakenToo) {
  const Pair pair;
  Reactor reactor;
  ASSERT_TRUE(reactor.add_stream(pair.ours.get(), 7));
  Seen seen;
  watch_stream(reactor, 7, seen, [&] { return seen.can_write; });
  EXPECT_FALSE(reactor.add_stream(-1, 8)) << "no descriptor, no room";
}

}  // namespace tinychat::net::reactor_test
