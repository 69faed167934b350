// Workloads of requests that nobody follows: publishing, reading back, and the first answer of a new process.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <thread>

#include "load/publishers.h"
#include "load/sockets.h"
#include "load/usage.h"
#include "load/workloads.h"

namespace tinychat::bench {

void run_fill(const Arguments& arguments) {
  constexpr std::uint32_t kPublishers = 64;
  const Target target = arguments.target();
  const Publishers::Plan plan{.publishers = kPublishers, .rooms = arguments.number("rooms", 1)};
  Loop loop;
  const auto ledger = std::make_unique<Ledger>(plan.rooms, plan.publishers);
  Publishers publishers(loop, target, *ledger, plan);
  const Nanoseconds begin = now();
  publishers.publish(arguments.number("messages", 10'000));

  Report report;
  report.add("publishes_per_second",
             static_cast<double>(publishers.acknowledged()) / in_seconds(now() - begin));
  report.print();
}

void run_publish(const Arguments& arguments) {
  const Target target = arguments.target();
  const Publishers::Plan plan{.publishers = arguments.number("publishers", 16)};
  Loop loop;
  const auto ledger = std::make_unique<Ledger>(1, plan.publishers);
  Publishers publishers(loop, target, *ledger, plan);
  publishers.publish(100);
  const std::uint64_t before = publishers.acknowledged();
  const Nanoseconds cpu = cpu_time(target.pid);
  const Nanoseconds begin = now();
  publishers.start();
  loop.run_for(arguments.seconds("seconds", 2));
  publishers.stop();
  publishers.drain();
  const auto count = static_cast<double>(publishers.acknowledged() - before);
  const double seconds = in_seconds(now() - begin);

  Report report;
  report.add("publishes_per_second", count / seconds);
  report.add("cpu_us_per_publish", in_seconds(cpu_time(target.pid) - cpu) * 1e6 / count);
  report.print();
}

namespace {

// Reads a room's history from its end to its beginning, page by page, again and again.
class HistoryReader {
 public:
  HistoryReader(const Target& target, std::uint32_t limit) : target_(target), limit_(limit) {}

  std::string request() const {
    std::string path = "/api/v1/rooms/" + target_.room_prefix + "0/messages?limit=" + std::to_string(limit_);
    if (!before_.empty()) path += "&before=" + before_;
    return target_.get(path);
  }

  void take(std::string_view page) {
    std::uint32_t messages = 0;
    for (auto at = page.find(kKeyMark); at != std::string_view::npos; at = page.find(kKeyMark, at + 1))
      ++messages;
    constexpr std::string_view kBefore = "\"before\":\"";
    const auto at = page.find(kBefore);
    if (at == std::string_view::npos) {
      before_.clear();
      return;
    }
    if (messages != limit_) {
      fail_run("a page of " + std::to_string(limit_) + " messages has " + std::to_string(messages));
    }
    const auto begin = at + kBefore.size();
    before_ = page.substr(begin, page.find('"', begin) - begin);
  }

 private:
  const Target& target_;
  std::uint32_t limit_;
  std::string before_;
};

}  // namespace

void run_history(const Arguments& arguments) {
  const Target target = arguments.target();
  Loop loop;
  const auto ledger = std::make_unique<Ledger>(1, 64);
  {
    Publishers publishers(loop, target, *ledger, {.publishers = 64});
    publishers.publish(arguments.number("messages", 10'000));
  }
  Clients clients(loop, target, arguments.number("clients", 16));
  std::vector<HistoryReader> readers(clients.size(), HistoryReader(target, arguments.number("limit", 50)));
  bool is_running = true;
  const Nanoseconds cpu = cpu_time(target.pid);
  const Nanoseconds begin = now();
  clients.set_callbacks(
      [&](std::uint32_t client) {
        if (is_running) clients.send(client, readers[client].request());
      },
      [&](std::uint32_t client, std::string_view page) { readers[client].take(page); });
  loop.run_for(arguments.seconds("seconds", 2));
  is_running = false;
  loop.run_until([&] { return clients.waiting() == 0; }, [] { return "a page is missing"; });
  const auto pages = static_cast<double>(clients.answers());
  const double seconds = in_seconds(now() - begin);

  Report report;
  report.add("pages_per_second", pages / seconds);
  report.add("cpu_us_per_page", in_seconds(cpu_time(target.pid) - cpu) * 1e6 / pages);
  report.print();
}

namespace {

int start(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int pid = ::fork();
  if (pid == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  return pid;
}

// Whether the server gave any answer.
bool ask(const Target& target) {
  const int fd = open_connection(target.port, 0);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  const std::string request =
      target.kind == Kind::kTinychat ? target.get("/healthz") : target.publish(0, std::string(100, 'x'));
  std::array<char, 4096> answer;
  const bool is_answered =
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()) &&
      ::recv(fd, answer.data(), answer.size(), 0) > 0;
  ::close(fd);
  return is_answered;
}

}  // namespace

void run_cold_start(const Arguments& arguments) {
  const Target target = arguments.target();
  std::vector<Nanoseconds> times;
  double idle = 0;
  for (std::uint32_t i = 0; i < arguments.number("times", 10); ++i) {
    const Nanoseconds begin = now();
    const int pid = start(arguments.command());
    while (!ask(target)) {
      if (now() - begin > 10 * kSecond) {
        ::kill(pid, SIGKILL);
        fail_run("a new process gives no answer in ten seconds");
      }
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    times.push_back(now() - begin);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    idle = pss_kibibytes(pid);
    ::kill(pid, SIGTERM);
    ::waitpid(pid, nullptr, 0);
  }
  Report report;
  report.add("first_answer_first_ms", in_seconds(times.front()) * 1e3);
  std::ranges::sort(times);
  report.add("first_answer_p50_ms", in_seconds(times[times.size() / 2]) * 1e3);
  report.add("first_answer_max_ms", in_seconds(times.back()) * 1e3);
  report.add("idle_kib", idle);
  report.print();
}

}  // namespace tinychat::bench
