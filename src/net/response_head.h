// Writes the heads of HTTP/1.x answers (RFC 9112 §4).
#pragma once

#include <cstdint>
#include <string>

#include "net/http.h"

namespace tinychat::net {

enum class Framing : std::uint8_t {
  kLength,    // Content-Length, of the body given
  kChunked,   // a stream over HTTP/1.1
  kUntilEnd,  // a stream over HTTP/1.0
};

struct HeadFacts {
  Framing framing = Framing::kLength;
  bool keeps_alive = true;
  bool is_http_1_1 = true;
  std::uint64_t utc_seconds = 0;  // for Date
};

[[nodiscard]] std::string response_head(const Response& response, const HeadFacts& facts);

}  // namespace tinychat::net
