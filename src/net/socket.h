// The few socket calls of the program, without exceptions and without blocking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "wire/ip_address.h"

namespace tinychat::net {

// IPv6 and IPv4; IPv4 alone where there is no IPv6.
inline constexpr std::string_view kEveryInterface = "*";

struct Endpoint {
  // An IPv4 or IPv6 address or a name of this machine, or kEveryInterface.
  std::string host;
  std::uint16_t port = 0;
};

// Listening TCP sockets on one port, one for each of `count` shards, over which the kernel spreads the
// connections (SO_REUSEPORT). Nobody else may be listening there. Error: kUsage with one line.
Result<std::vector<UniqueFd>> open_listeners(Endpoint endpoint, std::size_t count);

[[nodiscard]] std::uint16_t local_port(int fd);

// The next connection, non-blocking, and whose it is; a peer that is on this machine by its kind (a Unix
// socket) has the loopback address. Without a descriptor: errno says why.
UniqueFd accept_connection(int listener, wire::IpAddress& address);

// What came of one read or write.
enum class IoStatus : std::uint8_t {
  kDone,        // `bytes` were moved
  kWouldBlock,  // nothing for now
  kClosed,      // the peer has finished (read only)
  kFailed,      // the connection is gone
};
struct IoResult {
  IoStatus status = IoStatus::kDone;
  std::size_t bytes = 0;
};

IoResult read_some(int fd, char* buffer, std::size_t size);
IoResult write_some(int fd, std::string_view bytes);

// Tells the peer that no more will come.
void shutdown_send(int fd);

// For connections that carry requests.
void set_request_options(int fd);
// For connections that have become streams: dead peers are noticed, unsent bytes are few.
void set_stream_options(int fd);

}  // namespace tinychat::net
