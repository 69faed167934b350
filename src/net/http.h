// What a handler sees of HTTP: a request that has been read whole, and an answer to give, now or
// later. A handler never sees a socket, nor which version of HTTP carried the request.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/keyed_count.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "wire/field.h"
#include "wire/ip_address.h"

namespace tinychat::net {

struct Request {
  std::string method;    // a token, as sent
  std::string target;    // as sent: origin-form, absolute-form or `*`
  wire::Fields headers;  // names in lower case, values without surrounding blanks
  std::string body;      // decoded of its transfer coding; at most limits::kBodyBytesMax
  // Whose connection it came on; the loopback address for peers that have none.
  wire::IpAddress peer = wire::IpAddress::loopback();

  // The first header of this (lower-case) name, or nullptr.
  [[nodiscard]] const std::string* header(std::string_view name) const { return wire::find(headers, name); }
};

// Content-Length, Date, Server and Connection are added when it is sent; a HEAD request gets the
// head alone.
struct Response {
  int status = 200;
  wire::Fields headers;
  std::string body;
  // Bytes that live as long as the program, sent when `body` is empty.
  std::string_view static_body;
  // The answer to a HEAD request for what has no length.
  bool is_head_of_stream = false;
};

// A connection that has left HTTP to become an event stream.
struct StreamSocket {
  UniqueFd fd;                   // non-blocking, options set as a stream wants them
  std::string head;              // the answer's head, still to be sent
  bool is_chunked = true;        // HTTP/1.1; otherwise the body ends with the connection
  KeyedCount::Place place = {};  // among the connections
};

// The right to answer one request, once. Dropped without an answer, it closes the connection.
// Thread: the shard's. The peer may have gone meanwhile; then an answer goes nowhere.
class Responder {
 public:
  class Target {
   public:
    Target() = default;
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    virtual ~Target() = default;
    virtual void respond(Response&& response) = 0;
    virtual StreamSocket hand_over(Response&& head) = 0;
    virtual void abandon() = 0;
  };

  explicit Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) = delete;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder() {
    if (target_) target_->abandon();
  }

  void respond(Response&& response) { std::exchange(target_, nullptr)->respond(std::move(response)); }

  // Gives the socket away, with the head that answers the request (status and headers as in
  // `head`, and the framing of a stream). The peer may have gone meanwhile: then there is no descriptor.
  [[nodiscard]] StreamSocket hand_over(Response&& head) {
    return std::exchange(target_, nullptr)->hand_over(std::move(head));
  }

 private:
  std::shared_ptr<Target> target_;
};

// One per shard, called on its thread.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  virtual void handle(Request&& request, Responder responder) = 0;

  // The answer to bytes that are no request we take: bad framing, too large, too slow. `headers` are
  // the request's, none if its head could not be read. The connection closes after it.
  virtual Response refuse(const Error& error, const wire::Fields& headers) = 0;
};

}  // namespace tinychat::net
