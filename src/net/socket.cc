#include "net/socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/limits.h"

namespace tinychat::net {
namespace {

void set_option(int fd, int level, int name, int value) {
  // A kernel that does not know an option serves without it.
  (void)::setsockopt(fd, level, name, &value, sizeof value);
}

std::string describe(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  return (is_v6 ? '[' + endpoint.host + ']' : endpoint.host) + ':' + std::to_string(endpoint.port);
}

std::string reason_of(int error) { return std::generic_category().message(error); }

std::string cannot_listen(const Endpoint& endpoint, int error) {
  if (error == EADDRINUSE) {
    return "port " + std::to_string(endpoint.port) + " on " + endpoint.host +
           " is in use by another program; stop it, or choose another port with --port";
  }
  if (error == EACCES) {
    return "not allowed to listen on " + describe(endpoint) + "; choose a port above 1023 with --port";
  }
  return "cannot listen on " + describe(endpoint) + ": " + reason_of(error);
}

Result<UniqueFd> bind_socket(const Endpoint& endpoint, bool share_port);

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<Addresses> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error =
      ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (error != 0) {
    return fail(Code::kUsage,
                "--host " + endpoint.host + " is no address of this machine: " + ::gai_strerror(error));
  }
  return Addresses(found, &::freeaddrinfo);
}

Result<UniqueFd> bind_address(const addrinfo& address, const Endpoint& endpoint, bool share_port) {
  UniqueFd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return fail(Code::kUsage, cannot_listen(endpoint, errno));
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (share_port) set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  // `::` serves IPv4, too.
  if (address.ai_family == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0) {
    return fail(Code::kUsage, cannot_listen(endpoint, errno));
  }
  return fd;
}

bool has_ipv6() {
  const auto fd = bind_socket({.host = "::", .port = 0}, false);
  return fd.has_value();
}

Result<UniqueFd> bind_socket(const Endpoint& endpoint, bool share_port) {
  if (endpoint.host == kEveryInterface) {
    return bind_socket({.host = has_ipv6() ? "::" : "0.0.0.0", .port = endpoint.port}, share_port);
  }
  const auto addresses = resolve(endpoint);
  if (!addresses) return std::unexpected(addresses.error());
  return bind_address(**addresses, endpoint, share_port);
}

IoResult failed() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {IoStatus::kWouldBlock, 0};
  return {IoStatus::kFailed, 0};
}

}  // namespace

// The first takes the port for itself and shares it once it has it: a second process that does the same
// is refused by the kernel, which would let all share that ask to from the beginning.
Result<std::vector<UniqueFd>> open_listeners(Endpoint endpoint, std::size_t count) {
  std::vector<UniqueFd> listeners;
  while (listeners.size() < count) {
    const bool is_first = listeners.empty();
    auto fd = bind_socket(endpoint, !is_first);
    if (!fd) return std::unexpected(fd.error());
    if (::listen(fd->get(), SOMAXCONN) != 0) return fail(Code::kUsage, cannot_listen(endpoint, errno));
    if (is_first) set_option(fd->get(), SOL_SOCKET, SO_REUSEPORT, 1);
    endpoint.port = local_port(fd->get());
    listeners.push_back(std::move(*fd));
  }
  return listeners;
}

std::uint16_t local_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  // The sockets interface wants its addresses cast.
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return ntohs(v6.sin6_port);
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  return ntohs(v4.sin_port);
}

UniqueFd accept_connection(int listener, wire::IpAddress& address) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  UniqueFd fd(::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.is_open()) return fd;
  address = wire::IpAddress::loopback();
  if (peer.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &peer, sizeof v6);
    std::memcpy(address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  } else if (peer.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer, sizeof v4);
    address = wire::IpAddress::of_ipv4(ntohl(v4.sin_addr.s_addr));
  }
  return fd;
}

IoResult read_some(int fd, char* buffer, std::size_t size) {
  const ssize_t count = ::recv(fd, buffer, size, MSG_DONTWAIT);
  if (count > 0) return {IoStatus::kDone, static_cast<std::size_t>(count)};
  if (count == 0) return {IoStatus::kClosed, 0};
  return failed();
}

IoResult write_some(int fd, std::string_view bytes) {
  const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count >= 0) return {IoStatus::kDone, static_cast<std::size_t>(count)};
  return failed();
}

void shutdown_send(int fd) { (void)::shutdown(fd, SHUT_WR); }

void set_request_options(int fd) { set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

void set_stream_options(int fd) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
             static_cast<int>(duration_cast<milliseconds>(limits::kTcpUserTimeout).count()));
  set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, limits::kTcpNotSentLowWaterBytes);
}

}  // namespace tinychat::net
