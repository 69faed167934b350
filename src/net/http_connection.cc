#include "net/http_connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "base/limits.h"
#include "net/response_head.h"
#include "net/socket.h"

namespace tinychat::net {
namespace {

constexpr std::size_t kReadBytes = 32 * 1024;
// A connection that waits keeps no more than this of what it once needed.
constexpr std::size_t kKeptBytesMax = 1024;

Error overloaded() {
  return {Code::kOverloaded, "Too many requests are arriving at once; send it again in a second."};
}

void let_go(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > kKeptBytesMax) std::string().swap(buffer);
}

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

HttpConnection::HttpConnection(ConnectionOwner& owner, std::uint64_t key, UniqueFd fd, Peer peer)
    : owner_(owner),
      key_(key),
      fd_(std::move(fd)),
      peer_(std::move(peer)),
      watch_(std::in_place, owner.reactor(), fd_.get()),
      began_(now()),
      held_request_(owner.resources().requests),
      held_answer_(owner.resources().answers) {}

void HttpConnection::start() {
  deadline_ = now() + limits::kKeepAliveTimeout;
  wait_for_input();
}

// --- Reading -----------------------------------------------------------------------------------

void HttpConnection::wait_for_input() {
  watch_->when_readable([self = shared_from_this()] { self->on_readable(); });
}

void HttpConnection::on_readable() {
  if (!is_open()) return;
  if (state_ == State::kLingering) {
    discard_input();
    return;
  }
  std::array<char, kReadBytes> buffer;  // a connection that waits holds none
  const IoResult got = read_some(fd_.get(), buffer.data(), buffer.size());
  if (got.bytes < buffer.size()) watch_->has_drained_input();
  switch (got.status) {
    case IoStatus::kDone:
      input_.append(buffer.data(), got.bytes);
      if (state_ == State::kBody) deadline_ = std::min(body_deadline_, now() + limits::kBodyIdleTimeout);
      process_input();
      return;
    case IoStatus::kWouldBlock: wait_for_input(); return;
    case IoStatus::kClosed: close(CloseReason::kPeerClosed); return;
    case IoStatus::kFailed: close(CloseReason::kPeerFailed); return;
  }
}

void HttpConnection::process_input() {
  // An answer given at once comes back here; the loop below goes on for it.
  if (is_processing_) return;
  is_processing_ = true;
  while (state_ <= State::kBody && read_request()) dispatch();
  is_processing_ = false;
  if (state_ > State::kBody) return;
  if (held_request_.resize(input_.size() + parser_.held_bytes())) return wait_for_input();
  close_reason_ = CloseReason::kOverBudget;
  refuse(overloaded());
}

// True: a request is complete. False: more input is needed, or the connection is ending.
bool HttpConnection::read_request() {
  if (state_ == State::kIdle && !input_.empty()) {
    state_ = State::kHead;
    deadline_ = now() + limits::kHeadTimeout;
  }
  if (state_ == State::kIdle) return false;
  const auto progress = parser_.read(input_);
  if (!progress) {
    refuse(progress.error());
    return false;
  }
  if (parser_.consumed() == input_.size()) {
    let_go(input_);
  } else {
    input_.erase(0, parser_.consumed());
  }
  if (*progress == HttpParser::Progress::kComplete) return true;
  if (*progress == HttpParser::Progress::kBody && state_ == State::kHead) {
    state_ = State::kBody;
    body_deadline_ = now() + limits::kBodyTimeout;
    deadline_ = now() + limits::kBodyIdleTimeout;
    // Small enough for any socket buffer: a peer that has no room for it has stopped reading.
    if (parser_.expects_continue() && write_some(fd_.get(), kContinue).bytes < kContinue.size()) {
      close(CloseReason::kPeerFailed);
    }
  }
  return false;
}

void HttpConnection::dispatch() {
  keeps_alive_ = parser_.keeps_alive() && !owner_.is_stopping();
  is_http_1_1_ = parser_.is_http_1_1();
  Request request = parser_.take();
  request.peer = peer_.address;
  // Less than before, but for what came at once and is still to be read.
  if (!held_request_.resize(input_.size())) {
    close_reason_ = CloseReason::kOverBudget;
    return refuse(overloaded());
  }
  is_head_request_ = request.method == "HEAD";
  state_ = State::kHandling;
  asked_at_ = now();
  owner_.handler().handle(std::move(request), Responder(shared_from_this()));
}

void HttpConnection::refuse(const Error& error) {
  keeps_alive_ = false;
  is_http_1_1_ = true;
  is_head_request_ = false;
  asked_at_ = now();
  if (close_reason_ == CloseReason::kAnswered) close_reason_ = CloseReason::kRefused;
  state_ = State::kHandling;
  respond(owner_.handler().refuse(error, parser_.headers()));
}

// --- Answering ---------------------------------------------------------------------------------

std::string HttpConnection::serialize(const Response& response) const {
  return response_head(response, {.framing = Framing::kLength,
                                  .keeps_alive = keeps_alive_,
                                  .is_http_1_1 = is_http_1_1_,
                                  .utc_seconds = owner_.clock().utc_milliseconds() / 1000});
}

void HttpConnection::respond(Response&& response) {
  if (!is_open()) return;
  TINYCHAT_ASSERT(state_ == State::kHandling);
  keeps_alive_ = keeps_alive_ && !owner_.is_stopping();
  output_ = serialize(response);
  static_output_ = {};
  if (!is_head_request_) {
    if (response.body.empty()) {
      static_output_ = response.static_body;
    } else {
      output_ += response.body;
    }
  }
  written_ = 0;
  state_ = State::kWriting;
  const SteadyTime answered_at = now();
  deadline_ = answered_at + limits::kResponseStallTimeout;
  owner_.measures().answer_times.observe(answered_at - asked_at_);
  count_answer(response.status);
  if (!owner_.hold_answer(*this)) write_out();
}

void HttpConnection::count_answer(int status) {
  auto& answers = owner_.measures().answers;
  const auto digit = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
  answers[digit - 1].add();
}

void HttpConnection::write_out() {
  if (!is_open()) return;
  for (auto rest = unwritten(); !rest.empty(); rest = unwritten()) {
    if (!take_written(write_some(fd_.get(), rest))) return;
  }
  after_response();
}

void HttpConnection::has_written(IoResult sent) {
  if (is_open() && take_written(sent)) write_out();
}

// In one piece; the other comes after it.
std::string_view HttpConnection::unwritten() const {
  if (written_ < output_.size()) return std::string_view(output_).substr(written_);
  return static_output_.substr(written_ - output_.size());
}

// False: the rest has to wait, or the connection has ended.
bool HttpConnection::take_written(IoResult sent) {
  if (sent.status == IoStatus::kFailed) {
    close(CloseReason::kPeerFailed);
    return false;
  }
  if (sent.status == IoStatus::kWouldBlock) {
    if (held_answer_.resize(output_.size())) {
      watch_->when_writable([self = shared_from_this()] { self->write_out(); });
    } else {
      close(CloseReason::kOverBudget);
    }
    return false;
  }
  written_ += sent.bytes;
  owner_.measures().bytes_sent.add(sent.bytes);
  deadline_ = now() + limits::kResponseStallTimeout;
  return true;
}

void HttpConnection::after_response() {
  let_go(output_);
  (void)held_answer_.resize(0);
  has_answered_ = true;
  if (!keeps_alive_) {
    linger();
    return;
  }
  state_ = State::kIdle;
  deadline_ = now() + limits::kKeepAliveTimeout;
  process_input();
}

StreamSocket HttpConnection::hand_over(Response&& head) {
  if (!is_open()) return {};
  TINYCHAT_ASSERT(state_ == State::kHandling);
  const HeadFacts facts{.framing = is_http_1_1_ ? Framing::kChunked : Framing::kUntilEnd,
                        // It ends with the stream: who takes the final chunk for the end of one answer
                        // of many would send the next request in vain.
                        .keeps_alive = false,
                        .is_http_1_1 = is_http_1_1_,
                        .utc_seconds = owner_.clock().utc_milliseconds() / 1000};
  state_ = State::kClosed;
  count_answer(head.status);
  watch_.reset();
  set_stream_options(fd_.get());
  owner_.handed_over(key_);
  return {.fd = std::move(fd_),
          .head = response_head(head, facts),
          .is_chunked = is_http_1_1_,
          .place = std::move(peer_.place)};
}

void HttpConnection::abandon() { close(CloseReason::kAbandoned); }

// --- Ending ------------------------------------------------------------------------------------

// Closing with unread input would reset the connection, and the peer could lose the answer.
void HttpConnection::linger() {
  state_ = State::kLingering;
  deadline_ = now() + limits::kLingerTimeout;
  let_go(input_);
  (void)held_request_.resize(0);
  shutdown_send(fd_.get());
  wait_for_input();
}

void HttpConnection::discard_input() {
  std::array<char, kReadBytes> buffer;
  const IoResult got = read_some(fd_.get(), buffer.data(), buffer.size());
  lingered_bytes_ += got.bytes;
  if (got.bytes < buffer.size()) watch_->has_drained_input();
  const bool goes_on = got.status == IoStatus::kWouldBlock || got.status == IoStatus::kDone;
  if (goes_on && lingered_bytes_ < limits::kLingerBytesMax) {
    wait_for_input();
  } else {
    close(close_reason_);
  }
}

void HttpConnection::check_deadline(SteadyTime time) {
  if (state_ == State::kHandling || time < deadline_) return;
  switch (state_) {
    case State::kIdle: close(CloseReason::kIdle); return;
    case State::kHead:
      close_reason_ = CloseReason::kHeadTimeout;
      refuse({Code::kTimeout, "The request's head did not arrive within 10 seconds; send it at once."});
      return;
    case State::kBody:
      close_reason_ = CloseReason::kBodyTimeout;
      refuse({Code::kTimeout, "The request's body stopped arriving; send it without long pauses."});
      return;
    case State::kWriting: close(CloseReason::kResponseStall); return;
    case State::kLingering: close(close_reason_); return;
    case State::kHandling:
    case State::kClosed: return;
  }
}

void HttpConnection::close_if_idle() {
  if (!has_answered_ && now() - began_ < limits::kFirstRequestGrace) return;
  if (state_ == State::kIdle || state_ == State::kHead) close(CloseReason::kStopping);
}

std::optional<SteadyTime> HttpConnection::idle_since() const {
  if (state_ != State::kIdle) return std::nullopt;
  return deadline_ - limits::kKeepAliveTimeout;
}

void HttpConnection::close(CloseReason reason) {
  if (!is_open()) return;
  state_ = State::kClosed;
  watch_.reset();
  fd_.reset();
  peer_.place = {};
  owner_.closed(key_, reason);
}

}  // namespace tinychat::net
