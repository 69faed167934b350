#include "wire/chunked.h"

#include <algorithm>

#include "base/limits.h"
#include "wire/ascii.h"

namespace tinychat::wire {
namespace {

std::unexpected<Error> malformed_chunk(std::string_view what) {
  return fail(Code::kMalformed, "In the chunks of the body " + std::string(what) +
                                    "; send it with Content-Length, or plain chunks.");
}

// Either CRLF ends a line or nothing does.
Result<void> expect_byte(char byte, char expected) {
  if (byte == expected) return {};
  return malformed_chunk("a line does not end in CRLF where it should");
}

// RFC 9110, 5.5, as in a head.
bool is_text(char byte) { return byte == '\t' || (static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7f); }

int hexadecimal(char byte) {
  if (is_digit(byte)) return byte - '0';
  const char lower = to_lower(byte);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

Result<std::size_t> ChunkDecoder::read(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      const auto data = bytes.substr(used, size_);
      body += data;
      used += data.size();
      size_ -= data.size();
      if (size_ == 0) state_ = State::kDataCr;
      continue;
    }
    if (auto stepped = step(bytes[used], limits::kBodyBytesMax - body.size()); !stepped) {
      return std::unexpected(stepped.error());
    }
    ++used;
  }
  return used;
}

Result<void> ChunkDecoder::step(char byte, std::size_t room) {
  if (++line_bytes_ > limits::kChunkLineBytesMax)
    return malformed_chunk("there is an endless head or trailer");
  switch (state_) {
    case State::kFirstDigit:
    case State::kDigits:
    case State::kBeforeExtension:
    case State::kExtension: return step_head(byte, room);
    case State::kHeadLf:
      state_ = size_ > 0 ? State::kData : State::kTrailerLine;
      line_bytes_ = 0;
      return expect_byte(byte, '\n');
    case State::kDataCr: state_ = State::kDataLf; return expect_byte(byte, '\r');
    case State::kDataLf:
      state_ = State::kFirstDigit;
      line_bytes_ = 0;
      return expect_byte(byte, '\n');
    case State::kEndLf: state_ = State::kDone; return expect_byte(byte, '\n');
    case State::kTrailerLine:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf: return step_trailer(byte);
    case State::kData:
    case State::kDone: break;
  }
  return {};
}

Result<void> ChunkDecoder::step_head(char byte, std::size_t room) {
  if (state_ == State::kExtension) {
    if (byte == '\r') {
      state_ = State::kHeadLf;
    } else if (!is_text(byte)) {
      return malformed_chunk("a chunk's extension has a control character");
    }
    return {};
  }
  if (state_ != State::kBeforeExtension && hexadecimal(byte) >= 0) return add_digit(byte, room);
  if (state_ == State::kFirstDigit)
    return malformed_chunk("a chunk does not begin with its size in hexadecimal");
  // RFC 9112, 7.1.1: only before an extension may there be blanks.
  if (byte == ';') {
    state_ = State::kExtension;
  } else if (byte == ' ' || byte == '\t') {
    state_ = State::kBeforeExtension;
  } else if (byte == '\r' && state_ == State::kDigits) {
    state_ = State::kHeadLf;
  } else {
    return malformed_chunk("something follows a chunk's size");
  }
  return {};
}

Result<void> ChunkDecoder::add_digit(char byte, std::size_t room) {
  if (state_ == State::kFirstDigit) size_ = 0;
  state_ = State::kDigits;
  size_ = size_ * 16 + static_cast<std::size_t>(hexadecimal(byte));
  if (size_ <= room) return {};
  return fail(Code::kTooLarge, "The body is larger than " + std::to_string(limits::kBodyBytesMax) +
                                   " bytes; send a shorter message.");
}

Result<void> ChunkDecoder::step_trailer(char byte) {
  if (state_ == State::kTrailerLf) {
    state_ = State::kTrailerLine;
    return expect_byte(byte, '\n');
  }
  if (state_ == State::kTrailerValue) {
    if (byte == '\r') {
      state_ = State::kTrailerLf;
    } else if (!is_text(byte)) {
      return malformed_chunk("the trailer has a control character");
    }
    return {};
  }
  if (byte == '\r' && state_ == State::kTrailerLine) {
    state_ = State::kEndLf;
  } else if (byte == ':' && state_ == State::kTrailerName) {
    state_ = State::kTrailerValue;
  } else if (kTokenBytes.has(byte)) {
    state_ = State::kTrailerName;
  } else {
    return malformed_chunk("a line of the trailer has no name with a colon right after it");
  }
  return {};
}

}  // namespace tinychat::wire
