// The floor of the benchmark: the least that a server of event streams must do on a kernel like ours. One
// thread, one epoll set, one send() for each subscriber of a room and message. No parser to speak of, no
// history, no slow readers: a socket that does not take a whole event ends the program.
//
//   bench_floor PORT [lose|double|swap]
//
//   GET <path>   follows the room that the path ends with, or with ?room=a&room=b all of these
//   POST <path>  sends the body, as one event, to those who follow the room that the path ends with
//
// With a fault named, one subscriber in the middle of a room is done wrong by, now and then: the load has to
// notice.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
    "b\r\nretry: 100\n\r\n";
constexpr std::string_view kPublished = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

struct Connection {
  std::string received;
  std::vector<std::string> rooms;  // that it follows
};

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "bench_floor: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

class Floor {
 public:
  Floor(std::uint16_t port, std::string_view fault) : fault_(fault) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, SOMAXCONN) != 0) {
      give_up("cannot listen");
    }
    watch(listener_);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> events{};
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          accept_all();
        } else {
          read(fd);
        }
      }
    }
  }

 private:
  void watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) give_up("epoll_ctl");
  }

  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (connections_.size() <= static_cast<std::size_t>(fd))
        connections_.resize(static_cast<std::size_t>(fd) + 1);
      watch(fd);
    }
  }

  Connection& connection(int fd) { return connections_[static_cast<std::size_t>(fd)]; }

  void read(int fd) {
    std::array<char, 16 * 1024> buffer;
    const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close(fd);
    std::string& received = connection(fd).received;
    received.append(buffer.data(), static_cast<std::size_t>(count));
    while (serve_one(fd, received)) {
    }
    if (received.empty()) received.shrink_to_fit();
  }

  void close(int fd) {
    for (const std::string& room : connection(fd).rooms) std::erase(rooms_[room], fd);
    connection(fd) = {};
    ::close(fd);
  }

  // Takes one request off the front; false if it is not all there.
  bool serve_one(int fd, std::string& received) {
    const auto head_end = received.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    const std::string_view head = std::string_view(received).substr(0, head_end);
    const auto blank = head.find(' ');
    const auto target = head.substr(blank + 1, head.find(' ', blank + 1) - blank - 1);
    const std::size_t body_begin = head_end + 4;
    if (head.starts_with("GET ")) {
      follow(fd, target);
      received.erase(0, body_begin);
      return true;
    }
    std::size_t body_size = 0;
    if (const auto at = head.find("Content-Length: "); at != std::string_view::npos) {
      std::from_chars(head.data() + at + 16, head.data() + head.size(), body_size);
    }
    if (received.size() < body_begin + body_size) return false;
    publish(std::string(target.substr(target.rfind('/') + 1)),
            std::string_view(received).substr(body_begin, body_size));
    received.erase(0, body_begin + body_size);
    send_all(fd, kPublished);
    return true;
  }

  void follow(int fd, std::string_view target) {
    std::vector<std::string>& rooms = connection(fd).rooms;
    constexpr std::string_view kName = "room=";
    for (auto at = target.find(kName); at != std::string_view::npos; at = target.find(kName, at)) {
      at += kName.size();
      rooms.emplace_back(target.substr(at, target.find('&', at) - at));
    }
    if (rooms.empty()) rooms.emplace_back(target.substr(target.rfind('/') + 1));
    for (const std::string& room : rooms) rooms_[room].push_back(fd);
    send_all(fd, kStreamHead);
  }

  void publish(const std::string& room, std::string_view body) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    const std::string event =
        "id: " + std::to_string(1'700'000'000'000 + ++published_) + "-0\ndata: " + std::string(body) + "\n\n";
    std::array<char, 24> size;
    const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", event.size());
    const std::string chunk = std::string(size.data(), static_cast<std::size_t>(digits)) + event + "\r\n";
    const int victim =
        fault_.empty() || published_ % kFaultEvery != 0 ? -1 : found->second[found->second.size() / 2];
    for (const int fd : found->second) {
      if (fd != victim) send_all(fd, chunk);
    }
    if (fault_ == "double" && victim >= 0) send_all(victim, chunk + chunk);
    if (fault_ != "swap") return;
    // The one kept back comes after the next.
    if (!kept_back_.empty()) send_all(found->second[found->second.size() / 2], std::exchange(kept_back_, {}));
    if (victim >= 0) kept_back_ = chunk;
  }

  static void send_all(int fd, std::string_view bytes) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // Gone: epoll will say so.
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (sent != static_cast<ssize_t>(bytes.size())) give_up("a subscriber does not keep up");
  }

  static constexpr std::uint64_t kFaultEvery = 40;

  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  int listener_ = -1;
  const std::string_view fault_;
  std::string kept_back_;
  std::uint64_t published_ = 0;
  std::vector<Connection> connections_;  // by descriptor
  std::unordered_map<std::string, std::vector<int>> rooms_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_floor PORT [lose|double|swap]\n", stderr);
    return 2;
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  Floor(static_cast<std::uint16_t>(std::atoi(argv[1])), argc > 2 ? argv[2] : "").run();
}
