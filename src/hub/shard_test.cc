#include "hub/shard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <semaphore>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "net/socket.h"

namespace tinychat::hub::shard_test {

using namespace std::chrono_literals;

class NoHandler final : public net::Handler {
 public:
  void handle(net::Request&&, net::Responder) override {}
  net::Response refuse(const Error&, const wire::Fields&) override { return {}; }
};

// A shard on a thread and a port of its own.
class RunningShard {
 public:
  RunningShard() : thread_([this] { shard_.run(); }) {}
  RunningShard(const RunningShard&) = delete;
  RunningShard& operator=(const RunningShard&) = delete;
  ~RunningShard() {
    shard_.stop();
    thread_.join();
  }

  Shard& operator*() { return shard_; }

 private:
  SystemClock clock_;
  WriterInbox writer_{limits::kWriterQueueMax};
  CommittedHead head_{EventId{1, 0}};
  StreamCount streams_;
  net::Resources resources_;
  Shard shard_{{.index = 0,
                .writer = &writer_,
                .clock = &clock_,
                .committed_head = &head_,
                .stream_count = &streams_,
                .resources = &resources_,
                .head = {1, 0},
                .streams = {}},
               std::move(net::open_listeners({.host = "127.0.0.1", .port = 0}, 1).value().front()),
               [](ShardPort&) { return std::make_unique<NoHandler>(); }};
  std::thread thread_;
};

// Each of these comes after the turn has emptied the inbox and before it has ended. A turn that lost the
// wake-up would leave it to the clock of the loop, which ticks once a second.
TEST(Shard, WhatComesDuringATurnHasATurnOfItsOwn) {
  constexpr int kTurns = 30;
  constexpr auto kDeadline = 10s;
  int turns = 0;
  std::binary_semaphore done(0);
  std::function<void()> one_more;
  RunningShard shard;
  one_more = [&] {
    if (++turns == kTurns) return done.release();
    (*shard).inbox().push_answer(Completion(one_more));
  };
  (*shard).inbox().push_answer(Completion(one_more));
  EXPECT_TRUE(done.try_acquire_for(kDeadline));
}

// The loop looks after itself once a second; one that hangs does not.
TEST(Shard, ItsPulseBeatsWhileItTurns) {
  constexpr auto kDeadline = 10s;
  RunningShard shard;
  const auto beats_within = [&](std::chrono::milliseconds time) {
    const auto began = std::chrono::steady_clock::now();
    while (!(*shard).pulse().has_beaten_since(began)) {
      if (std::chrono::steady_clock::now() - began > time) return false;
      std::this_thread::yield();
    }
    return true;
  };
  EXPECT_TRUE(beats_within(kDeadline));
  std::binary_semaphore hangs(0);
  std::binary_semaphore goes_on(0);
  (*shard).inbox().push_answer(Completion([&] {
    hangs.release();
    goes_on.acquire();
  }));
  hangs.acquire();
  EXPECT_FALSE(beats_within(1500ms));
  goes_on.release();
  EXPECT_TRUE(beats_within(kDeadline));
}

}  // namespace tinychat::hub::shard_test
