#include "load/loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace tinychat::bench {
namespace {

constexpr Nanoseconds kPatience = 10 * kSecond;

epoll_event event_of(std::uint32_t watcher, std::uint32_t index, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = (static_cast<std::uint64_t>(watcher) << 32) | index;
  return event;
}

}  // namespace

Loop::Loop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Loop::~Loop() { ::close(epoll_); }

std::uint32_t Loop::add(Watcher& watcher) {
  watchers_.push_back(&watcher);
  return static_cast<std::uint32_t>(watchers_.size() - 1);
}

void Loop::watch(int fd, std::uint32_t watcher, std::uint32_t index, std::uint32_t events) const {
  epoll_event event = event_of(watcher, index, events);
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail_run("epoll_ctl refuses a descriptor");
}

void Loop::change(int fd, std::uint32_t watcher, std::uint32_t index, std::uint32_t events) const {
  epoll_event event = event_of(watcher, index, events);
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0) fail_run("epoll_ctl refuses a descriptor");
}

void Loop::turn(int timeout_milliseconds) {
  std::array<epoll_event, 256> events;
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_milliseconds);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const std::uint64_t data = event.data.u64;
    watchers_[data >> 32]->on_ready(static_cast<std::uint32_t>(data), event.events);
  }
  for (std::size_t i = 0; i < watchers_.size(); ++i) {
    if (watchers_[i] != nullptr) watchers_[i]->on_turn();
  }
}

void Loop::run_until(const std::function<bool()>& is_done, const std::function<std::string()>& what) {
  std::uint64_t seen = progress_;
  Nanoseconds seen_at = now();
  while (!is_done()) {
    turn(10);
    const Nanoseconds time = now();
    if (progress_ != seen) {
      seen = progress_;
      seen_at = time;
    } else if (time - seen_at > kPatience) {
      fail_run("nothing has come for ten seconds: " + what());
    }
  }
}

void Loop::run_for(Nanoseconds time) {
  const Nanoseconds end = now() + time;
  for (Nanoseconds at = now(); at < end; at = now()) {
    turn(static_cast<int>(std::clamp<Nanoseconds>((end - at) / kMillisecond, 0, 100)));
  }
}

}  // namespace tinychat::bench
