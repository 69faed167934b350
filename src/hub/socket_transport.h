// The real sockets below the streams.
#pragma once

#include "hub/stream_transport.h"
#include "net/stream_poller.h"

namespace tinychat::hub {

class SocketTransport final : public StreamTransport {
 public:
  explicit SocketTransport(net::StreamPoller& poller) : poller_(poller) {}

  [[nodiscard]] bool add(int fd, std::uint64_t token) override { return poller_.add(fd, token); }
  net::IoResult write(int fd, std::string_view bytes) override { return net::write_some(fd, bytes); }
  net::IoResult discard_input(int fd) override;
  void close(int fd) override { UniqueFd(fd).reset(); }

 private:
  net::StreamPoller& poller_;
};

}  // namespace tinychat::hub
