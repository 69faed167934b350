// An epoll set and those who wait for its descriptors. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "load/common.h"

namespace tinychat::bench {

class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;
  virtual void on_ready(std::uint32_t index, std::uint32_t events) = 0;
  // After each turn of the loop.
  virtual void on_turn() {}
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Watchers are not owned; they take themselves off before they are gone. Returns the number to watch with.
  std::uint32_t add(Watcher& watcher);
  void remove(std::uint32_t watcher) { watchers_[watcher] = nullptr; }
  void watch(int fd, std::uint32_t watcher, std::uint32_t index, std::uint32_t events) const;
  void change(int fd, std::uint32_t watcher, std::uint32_t index, std::uint32_t events) const;

  void turn(int timeout_milliseconds);

  // Turns until `is_done` says so. If for ten seconds nothing happens that somebody called progress, the run
  // ends, with `what` it waited for.
  void run_until(const std::function<bool()>& is_done, const std::function<std::string()>& what);
  void run_for(Nanoseconds time);
  void note_progress() { ++progress_; }

 private:
  int epoll_;
  std::vector<Watcher*> watchers_;
  std::uint64_t progress_ = 0;
};

}  // namespace tinychat::bench
