// The event loop of one shard: one epoll set for its listener, its connections and its streams.
//
// A turn waits until something is ready, handles what is there, within bounds, and then ends once:
// handlers mark work, the end of the turn does it. Everything is edge-triggered: the kernel says once that a
// descriptor has become ready, and who waits for it hears of it. A descriptor leaves the set when it is
// closed.
//
// Thread: the one that calls run(), but for what says otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/metrics.h"
#include "base/unique_fd.h"

struct epoll_event;

namespace tinychat::net {

class Reactor {
 public:
  using Task = std::move_only_function<void()>;

  // A stream has no handler of its own: the end of the turn finds what has become ready.
  struct ReadyStream {
    std::uint64_t token = 0;
    bool can_write = false;
    bool has_input = false;
    bool is_hung_up = false;  // the peer closed its side or the connection failed
  };

  // What run() calls, on its thread.
  struct Turns {
    std::function<void(std::span<const ReadyStream>)> end_of_turn;
    std::function<void()> every_second;
  };

  Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;
  ~Reactor();

  // Turns until stop(), calling every_second about once a second.
  void run(const Turns& turns);

  // Any thread.
  void stop();
  void post(Task task);
  // Any thread. Whatever happened before this call, a whole turn begins after it.
  void wake() const;

  // How long each turn took, without the wait before it. Any thread.
  [[nodiscard]] const DurationHistogram& turn_times() const { return turn_times_; }

  // Another turn follows this one, at once.
  void turn_again() { turns_again_ = true; }

  // Reports the descriptor under `token` from now on, and to nobody else. `token` is at most kTokenMax.
  // False: the kernel has no room.
  [[nodiscard]] bool add_stream(int fd, std::uint64_t token);
  static constexpr std::uint64_t kTokenMax = ~std::uint64_t{0} >> 1U;

  // Waits for a descriptor to be ready, once per call. It does not own the descriptor. Destroying it forgets
  // what was waited for.
  class Watch {
   public:
    Watch(Reactor& reactor, int fd);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    // `ready` also runs when the descriptor has failed or was hung up: the next read or write tells.
    // It runs in this turn or a later one, never from within the call.
    void when_readable(Task ready);
    // Only after a write that did not take everything.
    void when_writable(Task ready);
    // The last read took all there was: the next wait is for news. Without it the wait ends at once.
    void has_drained_input();

   private:
    Reactor& reactor_;
    const std::uint32_t slot_;
  };

 private:
  struct Watched {
    int fd = -1;
    std::uint32_t generation = 0;  // tells the users of a slot apart
    bool is_in_use = false;
    bool has_input = true;  // as far as is known
    bool is_hung_up = false;
    bool is_queued = false;
    Task when_readable;
    Task when_writable;
  };

  [[nodiscard]] static std::uint64_t token_of(std::uint32_t slot, std::uint32_t generation);
  bool control(int operation, int fd, std::uint32_t events, std::uint64_t token) const;
  std::uint32_t open_slot(int fd);
  void close_slot(std::uint32_t slot);
  void forget_waits(std::uint32_t slot);
  void queue(std::uint32_t slot);

  void take_events(bool may_wait);
  void take_event(const epoll_event& event);
  void take_watched(std::uint64_t token, std::uint32_t events);
  std::size_t run_tasks();
  void run_queued();

  const UniqueFd epoll_;
  const UniqueFd wake_;
  const UniqueFd timer_;
  std::vector<epoll_event> events_;
  std::vector<ReadyStream> ready_streams_;  // of this turn
  bool turns_again_ = false;
  bool is_second_over_ = false;
  std::size_t handled_ = 0;  // in this turn
  std::chrono::steady_clock::time_point turn_began_;
  DurationHistogram turn_times_;

  std::vector<Watched> watched_;  // by slot
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint32_t> queued_;  // slots that waited for input and have some
  std::vector<Task> forgotten_;        // waits that ended without an answer in this turn

  std::mutex mutex_;
  std::vector<Task> posted_;  // guarded by mutex_
  std::vector<Task> tasks_;   // taken from posted_
  // Set by stop() on any thread (release), read by run() (acquire); the wake-up that follows makes it look.
  std::atomic<bool> is_stopping_{false};
};

}  // namespace tinychat::net
