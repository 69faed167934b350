// One connection while it carries requests: reads one, has it answered, writes the answer, reads the
// next. Pipelined requests are answered in their order, one after the other.
//
// Ownership: shared between its HttpServer and whoever still has an answer to give (Responder).
// Thread: the shard's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/unique_fd.h"
#include "net/batch_sender.h"
#include "net/close_reason.h"
#include "net/http.h"
#include "net/http_parser.h"
#include "net/reactor.h"
#include "net/resources.h"

namespace tinychat::net {

// Of one server. Written by its thread, read by any.
struct alignas(kCacheLineBytes) HttpMeasures {
  Counter accepted;
  Gauge open;                      // connections that carry requests
  std::array<Counter, 5> answers;  // by the first digit of their status
  Counter bytes_sent;              // of answers
  DurationHistogram answer_times;  // from a request that is whole to its answer
};

class HttpConnection;

// What a connection needs of its server.
class ConnectionOwner {
 public:
  ConnectionOwner() = default;
  ConnectionOwner(const ConnectionOwner&) = delete;
  ConnectionOwner& operator=(const ConnectionOwner&) = delete;
  virtual ~ConnectionOwner() = default;

  [[nodiscard]] virtual Reactor& reactor() = 0;
  [[nodiscard]] virtual Handler& handler() = 0;
  [[nodiscard]] virtual const Clock& clock() const = 0;
  [[nodiscard]] virtual HttpMeasures& measures() = 0;
  [[nodiscard]] virtual Resources& resources() = 0;
  // The server goes down: answer what is under way, then close.
  [[nodiscard]] virtual bool is_stopping() const = 0;
  // Takes an answer that is to be written now, for it to go with others. False: let the connection write it.
  [[nodiscard]] virtual bool hold_answer(HttpConnection& connection) = 0;
  // The connection has ended, with a reason, or has become a stream.
  virtual void closed(std::uint64_t key, CloseReason reason) = 0;
  virtual void handed_over(std::uint64_t key) = 0;
};

class HttpConnection final : public Responder::Target, public std::enable_shared_from_this<HttpConnection> {
 public:
  struct Peer {
    wire::IpAddress address;
    KeyedCount::Place place;  // among the connections
  };
  HttpConnection(ConnectionOwner& owner, std::uint64_t key, UniqueFd fd, Peer peer);

  void start();

  // Called about once a second: ends what takes too long.
  void check_deadline(SteadyTime time);
  // Ends the connection if no request has come whole, or begun its body; a new one has a moment to bring its
  // first.
  void close_if_idle();
  // Since when there is no request; nullopt: there is one.
  [[nodiscard]] std::optional<SteadyTime> idle_since() const;
  // Ends it in favour of others.
  void give_way() { close(CloseReason::kGaveWay); }

  // For whoever holds its answer: the first of its writes, and what came of it.
  [[nodiscard]] Send first_write() const { return {.fd = fd_.get(), .bytes = unwritten(), .result = {}}; }
  void has_written(IoResult sent);

  // Responder::Target
  void respond(Response&& response) override;
  StreamSocket hand_over(Response&& head) override;
  void abandon() override;

 private:
  enum class State : std::uint8_t {
    kIdle,       // between requests
    kHead,       // a head has begun
    kBody,       // a body is being read
    kHandling,   // the handler has it
    kWriting,    // the answer is on its way
    kLingering,  // everything is sent; the peer's last bytes are thrown away
    kClosed,
  };

  void wait_for_input();
  void on_readable();
  void process_input();
  bool read_request();
  void dispatch();
  void refuse(const Error& error);
  void count_answer(int status);
  void write_out();
  [[nodiscard]] std::string_view unwritten() const;
  bool take_written(IoResult sent);
  void after_response();
  void linger();
  void discard_input();
  void close(CloseReason reason);
  [[nodiscard]] bool is_open() const { return state_ != State::kClosed; }
  [[nodiscard]] SteadyTime now() const { return owner_.clock().steady(); }
  [[nodiscard]] std::string serialize(const Response& response) const;

  ConnectionOwner& owner_;
  const std::uint64_t key_;
  UniqueFd fd_;
  Peer peer_;
  std::optional<Reactor::Watch> watch_;  // of fd_: declared after it, gone before it

  State state_ = State::kIdle;
  const SteadyTime began_;
  bool has_answered_ = false;
  SteadyTime deadline_;       // of the state; kHandling has none, a handler always answers
  SteadyTime body_deadline_;  // of a body as a whole
  SteadyTime asked_at_;       // when the request was whole
  HttpParser parser_;
  std::string input_;  // read and not yet parsed
  ByteBudget::Share held_request_;
  ByteBudget::Share held_answer_;

  bool is_processing_ = false;  // process_input() is on the stack and goes on by itself
  bool keeps_alive_ = true;
  bool is_http_1_1_ = true;
  bool is_head_request_ = false;
  CloseReason close_reason_ = CloseReason::kAnswered;

  std::string output_;
  std::string_view static_output_;  // follows output_
  std::size_t written_ = 0;         // of the two together
  std::size_t lingered_bytes_ = 0;
};

}  // namespace tinychat::net
