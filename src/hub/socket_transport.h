// The real sockets below the streams.
#pragma once

#include "hub/stream_transport.h"
#include "net/reactor.h"

namespace tinychat::hub {

class SocketTransport final : public StreamTransport {
 public:
  // Both must outlive it.
  SocketTransport(net::Reactor& reactor, net::BatchSender& sender) : reactor_(reactor), sender_(sender) {}

  [[nodiscard]] bool add(int fd, std::uint64_t token) override { return reactor_.add_stream(fd, token); }
  net::IoResult write(int fd, std::string_view bytes) override { return net::write_some(fd, bytes); }
  void write_each(std::span<net::Send> sends) override { sender_.send(sends); }
  net::IoResult discard_input(int fd) override;
  void close(int fd) override { UniqueFd(fd).reset(); }

 private:
  net::Reactor& reactor_;
  net::BatchSender& sender_;
};

}  // namespace tinychat::hub
