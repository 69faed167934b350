#include "net/stream_poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/assert.h"

namespace tinychat::net {

namespace {
constexpr std::size_t kEventsPerPoll = 512;
}  // namespace

StreamPoller::StreamPoller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      events_(kEventsPerPoll) {
  TINYCHAT_ASSERT(epoll_.is_open() && wake_.is_open());
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = kWakeToken;
  TINYCHAT_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0);
}

StreamPoller::~StreamPoller() = default;

bool StreamPoller::add(int fd, std::uint64_t token) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = token;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void StreamPoller::wake() const {
  // Edge-triggered: each write is news, and the count need never be read back. It cannot overflow:
  // that would take 2^64 wake-ups.
  (void)::eventfd_write(wake_.get(), 1);
}

std::span<const StreamPoller::Ready> StreamPoller::poll() {
  ready_.clear();
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.u64 == kWakeToken) continue;
    ready_.push_back({.token = event.data.u64,
                      .can_write = (event.events & EPOLLOUT) != 0,
                      .has_input = (event.events & EPOLLIN) != 0,
                      .is_hung_up = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
  }
  return ready_;
}

}  // namespace tinychat::net
