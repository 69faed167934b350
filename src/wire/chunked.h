// The chunked transfer coding of a request's body (RFC 9112, 7.1), read as strictly as its head: what a
// lenient reader might take for the end of a chunk, or a size for another, is refused. Extensions and the
// trailer are checked and passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tinychat::wire {

// Takes bytes as they come: however they are cut the same comes out. One body; owned by one connection.
class ChunkDecoder {
 public:
  // Appends what is data to `body`, which gets at most limits::kBodyBytesMax. So many of `bytes` belong to
  // this body: all, or up to its end. Errors come at the byte that is wrong, and there is no going on then:
  // kMalformed, kTooLarge.
  [[nodiscard]] Result<std::size_t> read(std::string_view bytes, std::string& body);

  [[nodiscard]] bool is_done() const { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t {
    kFirstDigit,
    kDigits,
    kBeforeExtension,  // blanks between the size and a semicolon
    kExtension,
    kHeadLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerLine,  // its first byte
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
    kDone,
  };

  Result<void> step(char byte, std::size_t room);
  Result<void> step_head(char byte, std::size_t room);
  Result<void> step_trailer(char byte);
  Result<void> add_digit(char byte, std::size_t room);

  State state_ = State::kFirstDigit;
  std::size_t size_ = 0;        // of the chunk, or what is left of its data
  std::size_t line_bytes_ = 0;  // of the chunk's head, or of the trailer
};

}  // namespace tinychat::wire
