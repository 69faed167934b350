// The epoll set of a shard's streams. Edge-triggered: a stream is told once that it can be written
// again after a write that did not take everything, and once that its peer has gone.
//
// The set itself is one descriptor, which the shard's reactor watches. Thread: the shard's, but
// wake(), which any thread may call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/unique_fd.h"

struct epoll_event;

namespace tinychat::net {

class StreamPoller {
 public:
  struct Ready {
    std::uint64_t token = 0;
    bool can_write = false;
    bool has_input = false;
    bool is_hung_up = false;  // the peer closed its side or the connection failed
  };

  StreamPoller();
  StreamPoller(const StreamPoller&) = delete;
  StreamPoller& operator=(const StreamPoller&) = delete;
  ~StreamPoller();

  [[nodiscard]] int fd() const { return epoll_.get(); }

  // `token` is given back by poll(); any value but kWakeToken. False: the kernel has no room.
  [[nodiscard]] bool add(int fd, std::uint64_t token);
  // Closing a descriptor takes it out.

  // Makes fd() readable: there is something in a mailbox.
  void wake() const;

  // What has become ready since the last call, at most some hundreds at once: call again until it is
  // empty. Valid until the next call.
  std::span<const Ready> poll();

  static constexpr std::uint64_t kWakeToken = ~std::uint64_t{0};

 private:
  UniqueFd epoll_;
  UniqueFd wake_;
  std::vector<epoll_event> events_;
  std::vector<Ready> ready_;
};

}  // namespace tinychat::net
