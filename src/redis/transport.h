// Bytes to and from a Redis: over TCP, TLS or a socket of this machine. Nothing here blocks but open(), up
// to its deadline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "redis/endpoint.h"

namespace tinychat::redis {

class Transport {
 public:
  enum class Status : std::uint8_t { kDone, kWaitToRead, kWaitToWrite, kClosed, kFailed };
  struct Moved {
    Status status = Status::kDone;
    std::size_t bytes = 0;
  };

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  virtual Moved read(std::span<char> buffer) = 0;
  virtual Moved write(std::string_view bytes) = 0;
  // For poll().
  [[nodiscard]] virtual int fd() const = 0;
};

// Error: kUnavailable, or kUsage where waiting does not help (a certificate that is not accepted, no
// OpenSSL), with what to do. (Names are looked
// up by the system's resolver, which has a deadline of its own.)
Result<std::unique_ptr<Transport>> open_transport(const Endpoint& endpoint, SteadyTime deadline);

// Waits until the descriptor can be read (or written). False: the deadline has passed.
bool wait_for(int fd, bool to_write, SteadyTime deadline);

// The client's side of TLS over a connected TCP socket; the certificate is verified against the system's
// authorities (or those of SSL_CERT_FILE, SSL_CERT_DIR) and `host`. Takes the descriptor, also if it fails.
Result<std::unique_ptr<Transport>> open_tls(int fd, const std::string& host, SteadyTime deadline);

}  // namespace tinychat::redis
