// Accepts the connections of one shard and keeps them while they carry requests.
// Thread: the shard's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "net/batch_sender.h"
#include "net/http_connection.h"
#include "net/reactor.h"
#include "net/resources.h"

namespace tinychat::net {

class HttpServer final : public ConnectionOwner {
 public:
  // All references must outlive the server.
  HttpServer(Reactor& reactor, UniqueFd listener, Handler& handler, const Clock& clock,
             CloseCounters& counters, Resources& resources);
  ~HttpServer() override;

  void start();
  // Called about once a second.
  void check_deadlines();

  // Answers given from here on wait for send_answers(), which writes them together.
  void hold_answers() { is_holding_answers_ = true; }
  void send_answers(BatchSender& sender);

  // From now on a connection ends after its next answer, those that come anew as well.
  void begin_leaving() { is_leaving_ = true; }
  // Then: accepts no more. May be called again.
  void stop_accepting();
  // Then, and once a second from then on: ends those that have no request under way.
  void close_idle();
  // Connections that still carry a request.
  [[nodiscard]] std::size_t open_connections() const { return connections_.size(); }

  // Any thread.
  [[nodiscard]] const HttpMeasures& measured() const { return measures_; }

  // ConnectionOwner
  Reactor& reactor() override { return reactor_; }
  Handler& handler() override { return handler_; }
  const Clock& clock() const override { return clock_; }
  HttpMeasures& measures() override { return measures_; }
  Resources& resources() override { return resources_; }
  bool is_stopping() const override { return is_leaving_; }
  bool hold_answer(HttpConnection& connection) override;
  void closed(std::uint64_t key, CloseReason reason) override;
  void handed_over(std::uint64_t key) override;

 private:
  void wait_for_connection();
  void accept_ready();
  void forget(std::uint64_t key);
  void admit(UniqueFd fd, const wire::IpAddress& address);
  // Ends those that have been idle for longest, some of them at once. False: none is idle.
  bool make_room();
  void turn_away(UniqueFd fd, KeyedCount::Refusal refusal);
  // The connections, held on to: whoever is called may end and so leave the map.
  [[nodiscard]] std::vector<std::shared_ptr<HttpConnection>> snapshot() const;

  Reactor& reactor_;
  Handler& handler_;
  const Clock& clock_;
  CloseCounters& counters_;
  HttpMeasures measures_;
  Resources& resources_;
  UniqueFd listener_;
  std::optional<Reactor::Watch> listener_watch_;
  bool is_waiting_ = false;  // for the listener to be readable
  bool is_leaving_ = false;
  bool is_accepting_ = true;
  bool is_closing_idle_ = false;
  bool is_holding_answers_ = false;
  std::vector<std::shared_ptr<HttpConnection>> held_answers_;
  std::vector<Send> sends_;  // of the held answers
  std::uint64_t next_key_ = 1;
  std::unordered_map<std::uint64_t, std::shared_ptr<HttpConnection>> connections_;
};

}  // namespace tinychat::net
