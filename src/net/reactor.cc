#include "net/reactor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <utility>

#include "base/assert.h"

namespace tinychat::net {
namespace {

constexpr std::size_t kEventsPerWait = 512;
// After so many a turn ends although more is ready: under a load that never lets up, mailboxes and streams
// have their share, too.
constexpr std::size_t kHandledPerTurn = 1024;

// Tokens with the highest bit are the reactor's own: a watch's slot and generation, or one of these.
constexpr std::uint64_t kOwn = std::uint64_t{1} << 63U;
constexpr std::uint64_t kWakeToken = ~std::uint64_t{0};
constexpr std::uint64_t kTimerToken = kWakeToken - 1;

constexpr std::uint32_t kHungUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

}  // namespace

Reactor::Reactor()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      events_(kEventsPerWait) {
  constexpr itimerspec kEverySecond{.it_interval = {.tv_sec = 1, .tv_nsec = 0},
                                    .it_value = {.tv_sec = 1, .tv_nsec = 0}};
  TINYCHAT_ASSERT(epoll_.is_open() && wake_.is_open() && timer_.is_open());
  TINYCHAT_ASSERT(::timerfd_settime(timer_.get(), 0, &kEverySecond, nullptr) == 0);
  TINYCHAT_ASSERT(control(EPOLL_CTL_ADD, wake_.get(), EPOLLIN, kWakeToken));
  TINYCHAT_ASSERT(control(EPOLL_CTL_ADD, timer_.get(), EPOLLIN, kTimerToken));
}

// What still waits may hold on to the last of its watch.
Reactor::~Reactor() {
  for (std::uint32_t slot = 0; slot < watched_.size(); ++slot) forget_waits(slot);
  forgotten_.clear();
}

bool Reactor::control(int operation, int fd, std::uint32_t events, std::uint64_t token) const {
  epoll_event event{};
  event.events = events | EPOLLET;
  event.data.u64 = token;
  return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

// --- Turning -----------------------------------------------------------------------------------

void Reactor::run(const Turns& turns) {
  turn_began_ = std::chrono::steady_clock::now();
  while (!is_stopping_.load(std::memory_order_acquire)) {
    ready_streams_.clear();
    handled_ = 0;
    bool may_wait = !std::exchange(turns_again_, false);
    // What comes while this is handled belongs to this turn, too: the more leaves together.
    do {
      const std::size_t before = handled_;
      take_events(std::exchange(may_wait, false) && queued_.empty());
      run_queued();
      handled_ += run_tasks();
      if (handled_ == before) break;
    } while (handled_ < kHandledPerTurn);
    if (std::exchange(is_second_over_, false)) turns.every_second();
    turns.end_of_turn(ready_streams_);
    std::exchange(forgotten_, {});
    const auto turn_ended = std::chrono::steady_clock::now();
    turn_times_.observe(turn_ended - std::exchange(turn_began_, turn_ended));
  }
  is_stopping_.store(false, std::memory_order_relaxed);
}

void Reactor::take_events(bool may_wait) {
  const int count =
      ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), may_wait ? -1 : 0);
  if (may_wait) turn_began_ = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) take_event(events_[static_cast<std::size_t>(i)]);
}

void Reactor::take_event(const epoll_event& event) {
  // Edge-triggered, so the count of the wake-ups need not be read back. Reading a timer sets it again.
  if (event.data.u64 == kWakeToken) return;
  if (event.data.u64 == kTimerToken) {
    std::uint64_t seconds = 0;
    is_second_over_ = ::read(timer_.get(), &seconds, sizeof seconds) > 0;
    return;
  }
  ++handled_;
  if ((event.data.u64 & kOwn) != 0) return take_watched(event.data.u64, event.events);
  ready_streams_.push_back({.token = event.data.u64,
                            .can_write = (event.events & EPOLLOUT) != 0,
                            .has_input = (event.events & EPOLLIN) != 0,
                            .is_hung_up = (event.events & kHungUp) != 0});
}

void Reactor::take_watched(std::uint64_t token, std::uint32_t events) {
  const auto slot = static_cast<std::uint32_t>(token);
  Watched& watched = watched_[slot];
  if (!watched.is_in_use || token != token_of(slot, watched.generation)) return;
  if ((events & kHungUp) != 0) watched.is_hung_up = true;
  if ((events & (EPOLLIN | kHungUp)) != 0) watched.has_input = true;
  if (watched.has_input && watched.when_readable) queue(slot);
  // Last, for the watch may be gone after it.
  if ((events & (EPOLLOUT | kHungUp)) != 0 && watched.when_writable) {
    std::exchange(watched.when_writable, {})();
  }
}

void Reactor::queue(std::uint32_t slot) {
  if (!std::exchange(watched_[slot].is_queued, true)) queued_.push_back(slot);
}

void Reactor::run_queued() {
  // Those who wait again meanwhile come after the next look at the kernel.
  for (const std::uint32_t slot : std::exchange(queued_, {})) {
    watched_[slot].is_queued = false;
    if (!watched_[slot].when_readable) continue;
    ++handled_;
    std::exchange(watched_[slot].when_readable, {})();
  }
}

std::size_t Reactor::run_tasks() {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.swap(posted_);
  }
  const std::size_t count = tasks_.size();
  for (auto& task : tasks_) task();
  tasks_.clear();
  return count;
}

// --- From outside ------------------------------------------------------------------------------

void Reactor::stop() {
  is_stopping_.store(true, std::memory_order_release);
  wake();
}

void Reactor::post(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    posted_.push_back(std::move(task));
  }
  wake();
}

// It cannot overflow: that would take 2^64 wake-ups.
void Reactor::wake() const { (void)::eventfd_write(wake_.get(), 1); }

// --- Streams -----------------------------------------------------------------------------------

bool Reactor::add_stream(int fd, std::uint64_t token) {
  TINYCHAT_ASSERT(token <= kTokenMax);
  constexpr std::uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
  // As a rule it was a connection before, and is in the set.
  return control(EPOLL_CTL_MOD, fd, kEvents, token) || control(EPOLL_CTL_ADD, fd, kEvents, token);
}

// --- Watches -----------------------------------------------------------------------------------

std::uint64_t Reactor::token_of(std::uint32_t slot, std::uint32_t generation) {
  // The generation wraps around; a slot is not used so often while one turn's events are handled.
  return kOwn | std::uint64_t{generation & 0x3FFF'FFFFU} << 32U | slot;
}

std::uint32_t Reactor::open_slot(int fd) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(watched_.size()));
    watched_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  Watched& watched = watched_[slot];
  watched.fd = fd;
  watched.is_in_use = true;
  watched.has_input = true;
  watched.is_hung_up = false;
  // Without room in the kernel the first wait ends at once and no other does: its owner's deadline is left.
  (void)control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP, token_of(slot, watched.generation));
  return slot;
}

void Reactor::close_slot(std::uint32_t slot) {
  Watched& watched = watched_[slot];
  watched.is_in_use = false;
  ++watched.generation;
  forget_waits(slot);
  free_slots_.push_back(slot);
}

// Their destructors are somebody else's code: they run when nothing of ours is under way.
void Reactor::forget_waits(std::uint32_t slot) {
  for (Task* task : {&watched_[slot].when_readable, &watched_[slot].when_writable}) {
    if (*task) forgotten_.push_back(std::exchange(*task, {}));
  }
}

Reactor::Watch::Watch(Reactor& reactor, int fd) : reactor_(reactor), slot_(reactor.open_slot(fd)) {}

Reactor::Watch::~Watch() { reactor_.close_slot(slot_); }

void Reactor::Watch::when_readable(Task ready) {
  Watched& watched = reactor_.watched_[slot_];
  watched.when_readable = std::move(ready);
  if (watched.has_input) reactor_.queue(slot_);
}

void Reactor::Watch::when_writable(Task ready) {
  Watched& watched = reactor_.watched_[slot_];
  watched.when_writable = std::move(ready);
  // Asked for only now, as it is seldom needed; if it can be written meanwhile, the kernel says so at once.
  (void)reactor_.control(EPOLL_CTL_MOD, watched.fd, EPOLLIN | EPOLLRDHUP | EPOLLOUT,
                         token_of(slot_, watched.generation));
}

void Reactor::Watch::has_drained_input() {
  Watched& watched = reactor_.watched_[slot_];
  // The end of the input is still to be read.
  if (!watched.is_hung_up) watched.has_input = false;
}

}  // namespace tinychat::net
