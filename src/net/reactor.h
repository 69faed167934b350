// The event loop of one shard. Asio is inside and stays inside.
//
// A turn of the loop handles what is ready (sockets, timers, posted work), within bounds, and then calls
// end_of_turn once: handlers mark work, one pass a turn does it.
#pragma once

#include <functional>
#include <memory>

namespace tinychat::net {

class Reactor {
 public:
  using Task = std::move_only_function<void()>;

  Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;
  ~Reactor();

  // Runs turns on the calling thread until stop(). Calls `every_second` about once a second.
  void run(const std::function<void()>& end_of_turn, const std::function<void()>& every_second);

  // Any thread.
  void stop();
  void post(Task task);

  // Waits for a descriptor to be ready, once per call. It does not own the descriptor, and must be
  // gone before the descriptor is closed. Destroying it forgets a pending wait.
  // Thread: the reactor's.
  class Watch {
   public:
    Watch(Reactor& reactor, int fd);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    // `ready` also runs when the descriptor has failed or was hung up: the next read or write tells.
    void when_readable(Task ready);
    void when_writable(Task ready);

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tinychat::net
