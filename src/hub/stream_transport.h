// The sockets below the streams, as a seam: the program's are real, a test's are made of strings.
// Thread: the shard's.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/unique_fd.h"
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
  // Reads something and throws it away.
  virtual net::IoResult discard_input(int fd) = 0;
  virtual void close(int fd) = 0;
};

}  // namespace tinychat::hub
