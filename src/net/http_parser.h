// Reads one HTTP/1.x request out of bytes. Beast's parser is inside, behind the guard of
// wire/http_head.h: what is ambiguous about where a request ends never reaches it (RFC 9112 §6, §11.2). Nor
// do chunks, which wire/chunked.h reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace tinychat::net {

class HttpParser {
 public:
  enum class Progress : std::uint8_t {
    kHead,      // the head is not complete
    kBody,      // the head is read, the body is not complete
    kComplete,  // take() it
  };

  HttpParser();
  HttpParser(const HttpParser&) = delete;
  HttpParser& operator=(const HttpParser&) = delete;
  ~HttpParser();

  // Reads on from `bytes`, which begin with those not consumed before. Afterwards consumed() of them
  // are done with. After an error the connection cannot go on: where a next request would begin is
  // not known. Errors: as HeadScanner; kTooLarge for a body over limits::kBodyBytesMax;
  // kExpectationFailed; kMalformed.
  Result<Progress> read(std::string_view bytes);
  [[nodiscard]] std::size_t consumed() const { return consumed_; }

  // As Request::headers; empty as long as the head has not been read.
  [[nodiscard]] const wire::Fields& headers() const;

  // What is read and kept of the request.
  [[nodiscard]] std::size_t held_bytes() const;

  // From kBody on.
  [[nodiscard]] bool keeps_alive() const;
  [[nodiscard]] bool is_http_1_1() const;
  // The client waits for `100 Continue` before it sends the body.
  [[nodiscard]] bool expects_continue() const;

  // The request; the parser is ready for the next one.
  Request take();

 private:
  struct Impl;

  Result<void> read_head(std::string_view head);
  Result<void> read_body(std::string_view bytes);

  std::unique_ptr<Impl> impl_;
  std::size_t consumed_ = 0;
};

}  // namespace tinychat::net
