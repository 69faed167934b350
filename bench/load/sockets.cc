#include "load/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "load/common.h"

namespace tinychat::bench {
namespace {

constexpr std::uint32_t kConnectionsPerAddress = 1000;
constexpr std::uint32_t kAddresses = 200;

sockaddr_in address_of(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl((127U << 24) | host);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

int open_connection(std::uint16_t port, std::uint32_t number) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail_run(std::string("no more sockets: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  const sockaddr_in from = address_of(2 + number / kConnectionsPerAddress % kAddresses, 0);
  const sockaddr_in to = address_of(1, port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS &&
       errno != ECONNREFUSED)) {
    fail_run(std::string("cannot connect: ") + std::strerror(errno));
  }
  return fd;
}

void send_request(int fd, std::string_view request) {
  const ssize_t sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) {
    fail_run(std::string("cannot send a request: ") + std::strerror(errno));
  }
}

void raise_descriptor_limit(std::size_t needed) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < needed) {
    fail_run(std::to_string(needed) + " descriptors are needed and " + std::to_string(limit.rlim_cur) +
             " allowed (ulimit -Hn)");
  }
}

}  // namespace tinychat::bench
