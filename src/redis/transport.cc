#include "redis/transport.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

#include "base/limits.h"
#include "base/unique_fd.h"

namespace tinychat::redis {
namespace {

using namespace std::chrono_literals;

class Plain final : public Transport {
 public:
  explicit Plain(UniqueFd fd) : fd_(std::move(fd)) {}

  Moved read(std::span<char> buffer) override {
    return moved(::recv(fd_.get(), buffer.data(), buffer.size(), 0), Status::kWaitToRead);
  }
  Moved write(std::string_view bytes) override {
    return moved(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), Status::kWaitToWrite);
  }
  [[nodiscard]] int fd() const override { return fd_.get(); }

 private:
  static Moved moved(ssize_t count, Status otherwise) {
    if (count > 0) return {Status::kDone, static_cast<std::size_t>(count)};
    if (count == 0) return {Status::kClosed, 0};
    const bool again = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {again ? otherwise : Status::kFailed, 0};
  }

  const UniqueFd fd_;
};

std::string reason(int error) { return std::generic_category().message(error); }

void set_option(int fd, int level, int name, int value) {
  // Where the system does not know it, there is one guard less; the deadlines stay.
  (void)::setsockopt(fd, level, name, &value, sizeof value);
}

template <typename Duration>
int whole_seconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

void set_tcp_options(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, whole_seconds(limits::kRedisKeepAlive));
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, whole_seconds(limits::kRedisKeepAlive));
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 2);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
             static_cast<int>(std::chrono::milliseconds(limits::kRedisUserTimeout).count()));
}

// What is wrong, or an open descriptor.
Result<UniqueFd> connect_to(int family, const sockaddr* address, socklen_t size, SteadyTime deadline) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return fail(Code::kUnavailable, reason(errno));
  if (::connect(fd.get(), address, size) != 0) {
    if (errno != EINPROGRESS) return fail(Code::kUnavailable, reason(errno));
    if (!wait_for(fd.get(), true, deadline)) return fail(Code::kUnavailable, reason(ETIMEDOUT));
    int error = 0;
    socklen_t error_size = sizeof error;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &error_size) != 0 || error != 0) {
      return fail(Code::kUnavailable, reason(error));
    }
  }
  return fd;
}

Result<UniqueFd> connect_tcp(const Endpoint& endpoint, SteadyTime deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int code =
      ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (code != 0) return fail(Code::kUnavailable, ::gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  Result<UniqueFd> connected = fail(Code::kUnavailable, "it has no address");
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    connected = connect_to(at->ai_family, at->ai_addr, at->ai_addrlen, deadline);
    if (!connected) continue;
    set_tcp_options(connected->get());
    return connected;
  }
  return connected;
}

Result<UniqueFd> connect_unix(const Endpoint& endpoint, SteadyTime deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (endpoint.host.size() >= sizeof address.sun_path) {
    return fail(Code::kUnavailable, "the path of the socket is too long");
  }
  endpoint.host.copy(address.sun_path, endpoint.host.size());
  return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
}

}  // namespace

bool wait_for(int fd, bool to_write, SteadyTime deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd one{.fd = fd, .events = static_cast<short>(to_write ? POLLOUT : POLLIN), .revents = 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::clamp(left, 0ms, 60'000ms).count()));
    if (ready > 0) return true;
    if (left <= 0ms) return false;
  }
}

Result<std::unique_ptr<Transport>> open_transport(const Endpoint& endpoint, SteadyTime deadline) {
  auto fd = endpoint.kind == Endpoint::Kind::kUnix ? connect_unix(endpoint, deadline)
                                                   : connect_tcp(endpoint, deadline);
  if (!fd) {
    return fail(Code::kUnavailable, "cannot reach Redis at " + to_string(endpoint) + ": " +
                                        fd.error().detail + "; start it, or correct --redis");
  }
  if (endpoint.kind == Endpoint::Kind::kTls) {
    auto tls = open_tls(fd->release(), endpoint.host, deadline);
    if (tls) return tls;
    return fail(tls.error().code, "cannot reach Redis at " + to_string(endpoint) + ": " + tls.error().detail);
  }
  return std::make_unique<Plain>(std::move(*fd));
}

}  // namespace tinychat::redis
