// Errors as values. What the world can cause is a Result; what only a programmer can cause is an
// assertion (base/assert.h). Exceptions stay inside the adapter of the library that throws them.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace tinychat {

enum class Code : std::uint8_t {
  kMalformed,             // the bytes do not parse
  kUnprocessable,         // they parse, and mean nothing we can do
  kTooLarge,              // a body, a message or an event over its limit
  kHeadTooLarge,          // a request head over its limit
  kTargetTooLong,         // a request target over its limit
  kUnauthenticated,       // it takes a user, and nobody known asks
  kForbidden,             // somebody known asks, and may not
  kTooMany,               // more often than a limit allows
  kTimeout,               // the peer took too long to send a request
  kNotFound,              // no such path, room or message
  kMethodNotAllowed,      // the path is there, the method is not
  kUnsupportedMediaType,  // a body of a type we do not read
  kExpectationFailed,     // an Expect other than 100-continue
  kNotImplemented,        // a transfer coding we do not speak
  kVersionNotSupported,   // not HTTP/1.0 or HTTP/1.1
  kOverloaded,            // a queue is full: try again later
  kStopping,              // the server is going down
  kStorageFull,           // no room left where the journal is
  kStorageFailed,         // the journal could not read or write
  kUnavailable,           // where the journal is cannot be reached at the moment
  kUsage,                 // a wrong option or environment; only at start-up
};

struct Error {
  Code code;
  // One sentence for the person who sent the input: what is wrong, where, and what to do.
  std::string detail;
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string detail) {
  return std::unexpected(Error{code, std::move(detail)});
}

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

// The one table from code to what is made of it. Immutable, any thread.
struct CodeInfo {
  std::string_view name;  // stable, kebab-case: the metric label and the end of the problem's type
  std::uint16_t http_status;
  std::string_view title;  // RFC 9457 `title`
  LogLevel log_level;
  bool detail_is_public;  // whether a client may see Error::detail
};

[[nodiscard]] const CodeInfo& info(Code code);

}  // namespace tinychat
