// Workloads about opening streams: many at once, many that come back, and what they cost while nothing
// happens.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "load/publishers.h"
#include "load/sockets.h"
#include "load/subscribers.h"
#include "load/usage.h"
#include "load/workloads.h"

namespace tinychat::bench {
namespace {

// A subscriber that only wants to know the id of the next message of room 0.
class Scout {
 public:
  explicit Scout(const Target& target) : fd_(open_connection(target.port, 0)) {
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) & ~O_NONBLOCK);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    send_request(fd_, target.subscribe(0, 1, 1, ""));
    read_until("\r\n\r\n");
  }
  ~Scout() { ::close(fd_); }
  Scout(const Scout&) = delete;
  Scout& operator=(const Scout&) = delete;

  std::string id() {
    read_until(std::string_view(&kKeyMark, 1));
    constexpr std::string_view kId = "\nid: ";
    const auto at = received_.rfind(kId, received_.rfind(kKeyMark));
    if (at == std::string::npos) fail_run("a message has no id: " + received_);
    const auto begin = at + kId.size();
    return received_.substr(begin, received_.find('\n', begin) - begin);
  }

 private:
  void read_until(std::string_view mark) {
    std::array<char, 4096> buffer;
    while (received_.find(mark) == std::string::npos) {
      const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (count <= 0) fail_run("a stream for one message brings nothing but " + received_);
      received_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  int fd_;
  std::string received_;
};

}  // namespace

void run_connect(const Arguments& arguments) {
  const Target target = arguments.target();
  const std::uint32_t count = arguments.number("subscribers", 10'000);
  raise_descriptor_limit(count + 100);
  Loop loop;
  const auto ledger = std::make_unique<Ledger>(1, 1);
  const double idle = pss_kibibytes(target.pid);
  Subscribers subscribers(loop, target, *ledger, 1);
  for (std::uint32_t i = 0; i < count; ++i) subscribers.add(0, 1, 0);

  const Nanoseconds cpu = cpu_time(target.pid);
  const Nanoseconds begin = now();
  subscribers.connect("");
  const double seconds = in_seconds(now() - begin);
  const double cpu_seconds = in_seconds(cpu_time(target.pid) - cpu);
  loop.run_for(arguments.seconds("settle", 1));

  Report report;
  report.add("connections_per_second", count / seconds);
  report.add("cpu_us_per_connection", cpu_seconds * 1e6 / count);
  report.add("idle_kib", idle);
  report.add("kib_per_subscriber", (pss_kibibytes(target.pid) - idle) / count);
  report.print();
}

void run_replay(const Arguments& arguments) {
  const Target target = arguments.target();
  const std::uint32_t count = arguments.number("subscribers", 10'000);
  const std::uint32_t messages = arguments.number("messages", 100);
  constexpr std::uint32_t kPublishers = 4;
  raise_descriptor_limit(count + 100);
  Loop loop;

  std::string seen;
  {
    Ledger first(1, 1);
    Scout scout(target);
    Publishers publisher(loop, target, first, {});
    publisher.publish(1);
    seen = scout.id();
  }
  const auto ledger = std::make_unique<Ledger>(1, kPublishers);
  Publishers publishers(loop, target, *ledger, {.publishers = kPublishers});
  publishers.publish(messages);

  Subscribers subscribers(loop, target, *ledger, 1);
  for (std::uint32_t i = 0; i < count; ++i) subscribers.add(0, 1, 0);
  const Nanoseconds cpu = cpu_time(target.pid);
  const Nanoseconds begin = now();
  subscribers.connect(seen);
  const std::uint64_t all = static_cast<std::uint64_t>(count) * messages;
  loop.run_until([&] { return ledger->deliveries() == all; },
                 [&] { return "lost: " + subscribers.describe_missing(); });
  const double seconds = in_seconds(now() - begin);
  const double cpu_seconds = in_seconds(cpu_time(target.pid) - cpu);
  loop.run_for(50 * kMillisecond);

  Report report;
  report.add("seconds", seconds);
  report.add("deliveries_per_second", static_cast<double>(all) / seconds);
  report.add("cpu_us_per_delivery", cpu_seconds * 1e6 / static_cast<double>(all));
  report.add("cpu_us_per_subscriber", cpu_seconds * 1e6 / count);
  report.print();
}

}  // namespace tinychat::bench
