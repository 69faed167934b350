// For tests of HTTP connections: one connection over a real socket, on a reactor with its own thread. The
// test is the client, the handler and the clock.
#pragma once

#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "net/http_connection.h"

namespace tinychat::net {

// Nothing here waits longer than this for what must come.
inline constexpr std::chrono::seconds kDeadline{10};

class ConnectionWorld final : public ConnectionOwner, private Handler {
 public:
  // Called on the reactor's thread.
  using Answer = std::function<void(Request&&, Responder)>;

  explicit ConnectionWorld(Answer answer, int send_buffer_bytes = 0) : answer_(std::move(answer)) {
    int fds[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    client_ = UniqueFd(fds[0]);
    server_fd_ = fds[1];
    const timeval timeout{.tv_sec = kDeadline.count(), .tv_usec = 0};
    EXPECT_EQ(::setsockopt(client_.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), 0);
    if (send_buffer_bytes > 0) {
      EXPECT_EQ(::setsockopt(server_fd_, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof send_buffer_bytes),
                0);
    }
    connection_ = std::make_shared<HttpConnection>(*this, 1, UniqueFd(server_fd_), HttpConnection::Peer());
    thread_ = std::thread([this] { reactor_.run({.end_of_turn = [](auto) {}, .every_second = [] {}}); });
    on_reactor([this] { connection_->start(); });
  }
  ~ConnectionWorld() override {
    on_reactor([this] { connection_.reset(); });
    reactor_.stop();
    thread_.join();
  }
  ConnectionWorld(const ConnectionWorld&) = delete;
  ConnectionWorld& operator=(const ConnectionWorld&) = delete;

  // --- The client ---
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0) << "the connection took no more input";
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // One answer: its head, and as much body as the head says (`has_body`) it has.
  std::string receive(bool has_body = true) {
    while (received_.find("\r\n\r\n") == std::string::npos) {
      if (!receive_more()) return std::exchange(received_, {});
    }
    std::size_t size = received_.find("\r\n\r\n") + 4;
    const auto length = received_.find("Content-Length: ");
    if (has_body && length < size) size += std::stoul(received_.substr(length + 16));
    while (received_.size() < size && receive_more()) {
    }
    std::string answer = received_.substr(0, size);
    received_.erase(0, answer.size());
    return answer;
  }
  // Everything up to the end of the connection.
  std::string receive_to_end() {
    while (receive_more()) {
    }
    return std::exchange(received_, {});
  }
  void hang_up() { client_.reset(); }

  // --- The other side ---
  void on_reactor(std::function<void()> task) {
    // Shared: the promise may still be at work when the wait is over.
    const auto done = std::make_shared<std::promise<void>>();
    const auto is_done = done->get_future();
    reactor_.post([&task, done] {
      task();
      done->set_value();
    });
    is_done.wait();
  }
  void advance(std::chrono::milliseconds by) {
    on_reactor([&] {
      clock_.advance(by);
      if (connection_) connection_->check_deadline(clock_.steady());
    });
  }
  // Until the connection has taken in what was sent.
  void wait_until_read() {
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    for (int unread = 1; unread > 0;) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the connection does not read";
      on_reactor([&] {
        unread = 0;
        if (connection_ && ::ioctl(server_fd_, FIONREAD, &unread) != 0) unread = 0;
      });
    }
  }
  // Waits for the end of the connection.
  std::optional<CloseReason> reason() {
    std::unique_lock lock(mutex_);
    (void)closed_.wait_for(lock, kDeadline, [this] { return reason_ || was_handed_over_; });
    return reason_;
  }
  [[nodiscard]] bool was_handed_over() {
    const std::scoped_lock lock(mutex_);
    return was_handed_over_;
  }
  // Requests handled so far, as `method target [body]`.
  std::vector<std::string> handled() {
    std::vector<std::string> all;
    on_reactor([&] { all = handled_; });
    return all;
  }
  void hold_answers() {
    on_reactor([this] { holds_answers_ = true; });
  }
  // Waits for an answer that is held, and does this with its connection.
  void send_held(const std::function<void(HttpConnection&)>& action) {
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    for (bool is_done = false; !is_done;) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "no answer is held";
      on_reactor([&] {
        const auto held = std::exchange(held_, nullptr);
        is_done = held != nullptr;
        if (is_done) action(*held);
      });
    }
  }
  void stop_server() {
    on_reactor([this] { is_stopping_ = true; });
  }
  [[nodiscard]] HttpConnection& connection() { return *connection_; }

  // ConnectionOwner
  Reactor& reactor() override { return reactor_; }
  Handler& handler() override { return *this; }
  const Clock& clock() const override { return clock_; }
  HttpMeasures& measures() override { return measures_; }
  Resources& resources() override { return resources_; }
  bool is_stopping() const override { return is_stopping_; }
  bool hold_answer(HttpConnection& connection) override {
    if (holds_answers_) held_ = connection.shared_from_this();
    return holds_answers_;
  }
  void closed(std::uint64_t, CloseReason reason) override {
    connection_.reset();
    const std::scoped_lock lock(mutex_);
    EXPECT_FALSE(reason_) << "closed twice";
    reason_ = reason;
    closed_.notify_all();
  }
  void handed_over(std::uint64_t) override {
    connection_.reset();
    const std::scoped_lock lock(mutex_);
    was_handed_over_ = true;
    closed_.notify_all();
  }

 private:
  // Handler
  void handle(Request&& request, Responder responder) override {
    handled_.push_back(request.method + " " + request.target + " [" + request.body + "]");
    answer_(std::move(request), std::move(responder));
  }
  Response refuse(const Error& error, const wire::Fields&) override {
    return {.status = info(error.code).http_status, .headers = {}, .body = "refused", .static_body = {}};
  }

  bool receive_more() {
    char buffer[4096];
    const ssize_t count = ::recv(client_.get(), buffer, sizeof buffer, 0);
    EXPECT_FALSE(count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        << "the connection has nothing to say";
    if (count <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  Reactor reactor_;
  std::thread thread_;
  UniqueFd client_;
  std::string received_;
  int server_fd_ = -1;

  // The reactor's.
  ManualClock clock_;
  Resources resources_;
  Answer answer_;
  std::vector<std::string> handled_;
  HttpMeasures measures_;
  bool is_stopping_ = false;
  bool holds_answers_ = false;
  std::shared_ptr<HttpConnection> held_;
  std::shared_ptr<HttpConnection> connection_;

  std::mutex mutex_;
  std::condition_variable closed_;
  std::optional<CloseReason> reason_;
  bool was_handed_over_ = false;
};

// --- What is said ---

inline Response text(std::string body) {
  return {.status = 200, .headers = {}, .body = std::move(body), .static_body = {}};
}

// Says back what it was asked.
inline void echo(Request&& request, Responder responder) {
  responder.respond(text(request.method + " " + request.target + " " + request.body));
}

inline std::string get(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

inline std::string post(const std::string& target, const std::string& body, const std::string& headers = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + headers + "\r\n" + body;
}

inline std::string status_of(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }
inline std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}
inline bool says_close(const std::string& answer) {
  return answer.find("\r\nConnection: close\r\n") != std::string::npos;
}

}  // namespace tinychat::net
