#include "net/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/tally.h"
#include "net/socket.h"

namespace tinychat::net {
namespace {

// In one go; then the loop has its turn, so that a storm of connections starves nobody.
constexpr int kAcceptsPerTurn = 64;

// So that looking for them is done once for many.
constexpr std::size_t kGivingWayTogether = 64;

bool is_transient(int error) { return error == ECONNABORTED || error == EINTR || error == EPROTO; }

}  // namespace

HttpServer::HttpServer(Reactor& reactor, UniqueFd listener, Handler& handler, const Clock& clock,
                       CloseCounters& counters, Resources& resources)
    : reactor_(reactor),
      handler_(handler),
      clock_(clock),
      counters_(counters),
      resources_(resources),
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
  if (!is_accepting_) return;
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    wire::IpAddress address;
    UniqueFd fd = accept_connection(listener_.get(), address);
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
    admit(std::move(fd), address);
  }
  wait_for_connection();
}

void HttpServer::admit(UniqueFd fd, const wire::IpAddress& address) {
  const std::uint64_t host = wire::is_loopback(address) ? KeyedCount::kNobody : wire::host_key(address);
  auto taken = resources_.connections.try_take(host);
  if (!taken.place && taken.refusal == KeyedCount::Refusal::kInAll && make_room()) {
    taken = resources_.connections.try_take(host);
  }
  if (!taken.place) return turn_away(std::move(fd), taken.refusal);
  set_request_options(fd.get());
  const std::uint64_t key = next_key_++;
  auto connection = std::make_shared<HttpConnection>(*this, key, std::move(fd),
                                                     HttpConnection::Peer{address, std::move(*taken.place)});
  connections_.emplace(key, connection);
  measures_.accepted.add();
  measures_.open.set(connections_.size());
  connection->start();
}

bool HttpServer::hold_answer(HttpConnection& connection) {
  if (is_holding_answers_) held_answers_.push_back(connection.shared_from_this());
  return is_holding_answers_;
}

// What is answered while the results are gone through is not held any more.
void HttpServer::send_answers(BatchSender& sender) {
  is_holding_answers_ = false;
  for (const auto& connection : held_answers_) sends_.push_back(connection->first_write());
  sender.send(sends_);
  for (std::size_t i = 0; i < sends_.size(); ++i) held_answers_[i]->has_written(sends_[i].result);
  sends_.clear();
  held_answers_.clear();
}

bool HttpServer::make_room() {
  std::vector<std::pair<SteadyTime, HttpConnection*>> idle;
  const auto all = snapshot();
  for (const auto& connection : all) {
    if (const auto since = connection->idle_since()) idle.emplace_back(*since, connection.get());
  }
  const std::size_t count = std::min(idle.size(), kGivingWayTogether);
  std::ranges::nth_element(idle, idle.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) idle[i].second->give_way();
  return count > 0;
}

// Before anything was read of it, so that a flood of connections costs as little as it can.
void HttpServer::turn_away(UniqueFd fd, KeyedCount::Refusal refusal) {
  constexpr std::string_view kInAll =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  constexpr std::string_view kEach =
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  (void)write_some(fd.get(), refusal == KeyedCount::Refusal::kInAll ? kInAll : kEach);
  shutdown_send(fd.get());
  // A request that is here already and unread would take the answer away with it.
  std::array<char, limits::kHeadBytesMax> unread;
  (void)read_some(fd.get(), unread.data(), unread.size());
  limit_hit(refusal == KeyedCount::Refusal::kInAll ? Limit::kConnections : Limit::kConnectionsPerAddress);
  counters_.closed(CloseReason::kOverLimit, Closed::kConnection);
}

void HttpServer::check_deadlines() {
  const SteadyTime now = clock_.steady();
  for (const auto& connection : snapshot()) connection->check_deadline(now);
  if (is_closing_idle_) close_idle();
  if (!is_waiting_ && is_accepting_) accept_ready();
}

void HttpServer::stop_accepting() {
  // Those that wait already would be reset.
  if (is_waiting_) accept_ready();
  is_leaving_ = true;
  is_accepting_ = false;
  listener_watch_.reset();
  listener_.reset();
}

void HttpServer::close_idle() {
  is_closing_idle_ = true;
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
