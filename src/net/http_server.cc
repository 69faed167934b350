#include "net/http_server.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/tally.h"
#include "net/socket.h"

namespace tinychat::net {
namespace {

// In one go; then the loop has its turn, so that a storm of connections starves nobody.
constexpr int kAcceptsPerTurn = 64;

bool is_transient(int error) { return error == ECONNABORTED || error == EINTR || error == EPROTO; }

}  // namespace

HttpServer::HttpServer(Reactor& reactor, UniqueFd listener, Handler& handler, const Clock& clock,
                       CloseCounters& counters)
    : reactor_(reactor),
      handler_(handler),
      clock_(clock),
      counters_(counters),
      listener_(std::move(listener)),
      listener_watch_(std::in_place, reactor, listener_.get()) {}

HttpServer::~HttpServer() = default;

void HttpServer::start() { wait_for_connection(); }

void HttpServer::wait_for_connection() {
  is_waiting_ = true;
  listener_watch_->when_readable([this] {
    is_waiting_ = false;
    accept_ready();
  });
}

void HttpServer::accept_ready() {
  if (is_stopping_) return;
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.is_open()) {
      if (is_transient(errno)) continue;
      if (errno != EAGAIN) {
        // Out of descriptors or memory. Waiting for readability would spin: the next tick tries again.
        limit_hit(Limit::kDescriptors);
        log_repeating("accept", LogLevel::kWarning,
                      "cannot accept a connection: " + std::generic_category().message(errno));
        return;
      }
      listener_watch_->has_drained_input();
      break;
    }
    set_request_options(fd.get());
    const std::uint64_t key = next_key_++;
    auto connection = std::make_shared<HttpConnection>(*this, key, std::move(fd));
    connections_.emplace(key, connection);
    measures_.accepted.add();
    measures_.open.set(connections_.size());
    connection->start();
  }
  wait_for_connection();
}

void HttpServer::check_deadlines() {
  const SteadyTime now = clock_.steady();
  for (const auto& connection : snapshot()) connection->check_deadline(now);
  if (!is_waiting_ && !is_stopping_) accept_ready();
}

void HttpServer::stop_accepting() {
  is_stopping_ = true;
  listener_watch_.reset();
  listener_.reset();
  for (const auto& connection : snapshot()) connection->close_if_idle();
}

std::vector<std::shared_ptr<HttpConnection>> HttpServer::snapshot() const {
  std::vector<std::shared_ptr<HttpConnection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  return all;
}

void HttpServer::closed(std::uint64_t key, CloseReason reason) {
  counters_.closed(reason, Closed::kConnection);
  forget(key);
}

void HttpServer::handed_over(std::uint64_t key) { forget(key); }

void HttpServer::forget(std::uint64_t key) {
  connections_.erase(key);
  measures_.open.set(connections_.size());
}

}  // namespace tinychat::net
