// The sockets below the streams, as a seam: the program's are real, a test's are made of strings.
// Thread: the shard's.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/unique_fd.h"
#include "net/batch_sender.h"
#include "net/socket.h"

namespace tinychat::hub {

class StreamTransport {
 public:
  StreamTransport() = default;
  StreamTransport(const StreamTransport&) = delete;
  StreamTransport& operator=(const StreamTransport&) = delete;
  virtual ~StreamTransport() = default;

  // From now on readiness is reported under this token. False: no room for it.
  [[nodiscard]] virtual bool add(int fd, std::uint64_t token) = 0;
  virtual net::IoResult write(int fd, std::string_view bytes) = 0;
  // The same for many, no descriptor twice.
  virtual void write_each(std::span<net::Send> sends) {
    for (auto& one : sends) one.result = write(one.fd, one.bytes);
  }
  // Reads something and throws it away.
  virtual net::IoResult discard_input(int fd) = 0;
  virtual void close(int fd) = 0;
};

}  // namespace tinychat::hub
