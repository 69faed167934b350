#include "load/subscribers.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "load/sockets.h"

namespace tinychat::bench {
namespace {

constexpr std::uint32_t kConnectingMax = 128;
constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::string_view kGoodHead = "HTTP/1.1 200 ";

}  // namespace

Subscribers::Subscribers(Loop& loop, const Target& target, Ledger& ledger, std::uint32_t rooms)
    : loop_(loop),
      target_(target),
      ledger_(ledger),
      rooms_(rooms),
      watcher_(loop.add(*this)),
      buffer_(kBufferBytes) {}

Subscribers::~Subscribers() {
  loop_.remove(watcher_);
  for (const Subscriber& subscriber : subscribers_) {
    if (subscriber.fd >= 0) ::close(subscriber.fd);
  }
}

void Subscribers::add(std::uint32_t first_room, std::uint32_t count, std::uint32_t position) {
  Subscriber& subscriber = subscribers_.emplace_back();
  subscriber.first_room = first_room;
  subscriber.rooms = count;
  subscriber.positions_begin = static_cast<std::uint32_t>(positions_.size());
  positions_.insert(positions_.end(), count, position);
  for (std::uint32_t i = 0; i < count; ++i) ledger_.add_follower((first_room + i) % rooms_);
}

void Subscribers::connect(std::string_view last_event_id) {
  last_event_id_ = last_event_id;
  open_some();
  loop_.run_until(
      [this] { return open_ == subscribers_.size(); },
      [this] { return std::to_string(subscribers_.size() - open_) + " subscribers wait for their stream"; });
}

void Subscribers::open_some() {
  for (; begun_ < subscribers_.size() && begun_ - open_ < kConnectingMax; ++begun_) {
    const int fd = open_connection(target_.port, begun_);
    subscribers_[begun_].fd = fd;
    loop_.watch(fd, watcher_, begun_, EPOLLOUT);
  }
}

void Subscribers::on_ready(std::uint32_t index, std::uint32_t events) {
  if ((events & EPOLLOUT) == 0) return read(index);
  const Subscriber& subscriber = subscribers_[index];
  loop_.change(subscriber.fd, watcher_, index, EPOLLIN);
  send_request(subscriber.fd,
               target_.subscribe(subscriber.first_room, subscriber.rooms, rooms_, last_event_id_));
}

void Subscribers::read(std::uint32_t index) {
  Subscriber& subscriber = subscribers_[index];
  const ssize_t count = ::recv(subscriber.fd, buffer_.data(), buffer_.size(), 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    fail_run("the server closed subscriber " + std::to_string(index) + ": " +
             (count == 0 ? "end of stream" : std::strerror(errno)));
  }
  const Nanoseconds time = now();
  const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(count));
  if (!subscriber.is_open) {
    if (!bytes.starts_with(kGoodHead)) {
      fail_run("subscriber " + std::to_string(index) + " got no stream but " +
               std::string(bytes.substr(0, 300)));
    }
    subscriber.is_open = true;
    ++open_;
    loop_.note_progress();
    open_some();
  }
  take(subscriber, bytes, time);
}

void Subscribers::take(Subscriber& subscriber, std::string_view bytes, Nanoseconds time) {
  if (subscriber.cut_bytes > 0) {
    const std::size_t missing = std::min(kKeyBytes - subscriber.cut_bytes, bytes.size());
    std::memcpy(subscriber.cut.data() + subscriber.cut_bytes, bytes.data(), missing);
    subscriber.cut_bytes = static_cast<std::uint8_t>(subscriber.cut_bytes + missing);
    if (subscriber.cut_bytes < kKeyBytes) return;
    subscriber.cut_bytes = 0;
    take_key(subscriber, {subscriber.cut.data(), kKeyBytes}, time);
    bytes.remove_prefix(missing);
  }
  for (;;) {
    const auto mark = bytes.find(kKeyMark);
    if (mark == std::string_view::npos) return;
    bytes.remove_prefix(mark);
    if (bytes.size() < kKeyBytes) break;
    take_key(subscriber, bytes.substr(0, kKeyBytes), time);
    bytes.remove_prefix(kKeyBytes);
  }
  std::memcpy(subscriber.cut.data(), bytes.data(), bytes.size());
  subscriber.cut_bytes = static_cast<std::uint8_t>(bytes.size());
}

void Subscribers::take_key(Subscriber& subscriber, std::string_view key, Nanoseconds time) {
  std::uint32_t place = 0;
  if (subscriber.rooms > 1) {
    place = (parse_room(key) + rooms_ - subscriber.first_room) % rooms_;
    if (place >= subscriber.rooms)
      fail_run("a subscriber got " + std::string(key) + ", of a room it does not follow");
  }
  std::uint32_t& position = positions_[subscriber.positions_begin + place];
  ledger_.delivered((subscriber.first_room + place) % rooms_, position, key, time);
  ++position;
  loop_.note_progress();
}

std::string Subscribers::describe_missing() const {
  std::size_t waiting = 0;
  std::uint64_t missing = 0;
  for (const Subscriber& subscriber : subscribers_) {
    std::uint64_t here = 0;
    for (std::uint32_t i = 0; i < subscriber.rooms; ++i) {
      here += ledger_.published_in((subscriber.first_room + i) % rooms_) -
              positions_[subscriber.positions_begin + i];
    }
    missing += here;
    if (here > 0) ++waiting;
  }
  return std::to_string(waiting) + " of " + std::to_string(subscribers_.size()) + " subscribers miss " +
         std::to_string(missing) + " deliveries";
}

void Subscribers::check_complete() const {
  if (ledger_.undelivered() > 0) fail_run("lost: " + describe_missing());
}

}  // namespace tinychat::bench
