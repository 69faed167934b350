// Server-sent events as bytes (WHATWG HTML, "Server-sent events"): the text of an event, and the
// frame that carries it. Lines end in LF only. What an event says is not decided here.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/event_id.h"

namespace tinychat::wire {

// The bytes of one event, made once and shared by all who get them: as a chunk of HTTP/1.1, and, as a
// part of the same bytes, without it. Immutable, so any thread may read it; a view lives as long as
// its frame and moves with it no further.
class Frame {
 public:
  // `payload` is not empty: an empty chunk would end the stream (RFC 9112, 7.1).
  [[nodiscard]] static Frame of(std::string_view payload);

  // Hexadecimal length, CRLF, payload, CRLF.
  [[nodiscard]] std::string_view chunked() const { return bytes_; }
  [[nodiscard]] std::string_view plain() const {
    return std::string_view(bytes_).substr(payload_begin_, payload_bytes_);
  }

 private:
  Frame(std::string bytes, std::size_t payload_begin, std::size_t payload_bytes)
      : bytes_(std::move(bytes)), payload_begin_(payload_begin), payload_bytes_(payload_bytes) {}

  std::string bytes_;
  std::size_t payload_begin_;
  std::size_t payload_bytes_;
};

// An event that ends with its empty line: `id:`, then `event:` (none if `name` is empty, which makes
// an event of the default type), then a `data:` line for each line of `data`, whose lines may end in
// CR, LF or CRLF. There is always a `data:` line, for an event without one is not dispatched.
// `name` is empty or a valid_event_name().
[[nodiscard]] std::string event_payload(std::string_view name, std::optional<EventId> id,
                                        std::string_view data);

// CR, LF and NUL would break out of the line; `open` and `error` are what a browser's EventSource
// itself dispatches.
[[nodiscard]] bool valid_event_name(std::string_view name);

// The reconnection time, as a line of its own; to be followed by an event or by nothing.
[[nodiscard]] std::string retry_line(std::chrono::milliseconds time);

// A comment, `:` and LF. No empty line follows it: some clients make an empty event of that.
[[nodiscard]] Frame heartbeat_frame();

}  // namespace tinychat::wire
