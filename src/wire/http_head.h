// The guard in front of the HTTP/1 parser: it finds the end of a request's head and lets through only
// heads that every recipient would read in the same way. What a lenient parser might take for another
// message (request smuggling) is refused here, whatever the parser behind would do. It interprets
// nothing else: targets, methods and fields are for those behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace tinychat::wire {

// Scans a buffer that grows: each call gets the same bytes as the last and those that came since, and
// goes on where that one stopped, so that a head fed byte by byte costs no more than one in one piece.
// The outcome does not depend on how the head was cut. Owned by one connection; holds no view of the
// buffer between calls.
class HeadScanner {
 public:
  // nullopt: more bytes are needed. A value: the head with its empty line takes so many bytes, leading
  // ones included (at most limits::kHeadBytesMax; what follows them in the buffer is not looked at).
  // Errors come at the byte that makes the head one to refuse, and say where that is: kMalformed,
  // kHeadTooLarge, kTargetTooLong, kVersionNotSupported, kNotImplemented. After an error, and before
  // the next head, reset() is needed.
  [[nodiscard]] Result<std::optional<std::size_t>> scan(std::string_view buffer);

  void reset() { *this = HeadScanner{}; }

  // Empty lines before the request line: 0, 2 or 4 bytes.
  [[nodiscard]] std::size_t leading_bytes() const { return leading_bytes_; }

 private:
  // Looks at the byte at position_. True: the head is complete.
  Result<bool> step(std::string_view buffer);
  Result<bool> end_line(std::string_view line);
  Result<void> check_request_line(std::string_view line) const;
  Result<void> check_field(std::string_view line);
  Result<void> check_message() const;

  enum class Minor : std::uint8_t { kUnknown, k0, k1 };

  std::size_t position_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t leading_bytes_ = 0;
  bool complete_ = false;
  bool after_cr_ = false;

  // Of the request line.
  Minor minor_ = Minor::kUnknown;  // known when the line has been read
  std::size_t spaces_ = 0;
  std::size_t target_bytes_ = 0;

  // Of the fields read so far.
  std::size_t fields_ = 0;
  std::size_t hosts_ = 0;
  std::size_t content_lengths_ = 0;
  std::size_t transfer_encodings_ = 0;
  bool chunked_ = false;
};

}  // namespace tinychat::wire
