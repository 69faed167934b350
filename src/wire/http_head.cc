#include "wire/http_head.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/limits.h"
#include "wire/ascii.h"

namespace tinychat::wire {
namespace {

// RFC 9112, 3.2: Host = uri-host [ ":" port ]. A comma would be grammatical; it is also how a proxy
// joins two fields into one, so it is refused.
constexpr ByteSet kHostBytes("-._~%!$&'()*+;=:[]", true);

std::string at(std::size_t offset) { return " at byte " + std::to_string(offset); }

std::unexpected<Error> malformed_head(std::string detail) {
  return fail(Code::kMalformed, std::move(detail));
}

bool is_number_of_64_bits(std::string_view text) {
  std::uint64_t value = 0;
  // from_chars takes no sign and no blanks for an unsigned type, and says when it overflows.
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && stop == text.data() + text.size();
}

}  // namespace

Result<std::optional<std::size_t>> HeadScanner::scan(std::string_view buffer) {
  const std::size_t end = std::min(buffer.size(), limits::kHeadBytesMax);
  while (!complete_) {
    // Most of a head is values: run through them.
    if (position_ > line_begin_ && minor_ != Minor::kUnknown && !after_cr_) {
      while (position_ < end && may_be_in_value(buffer[position_])) ++position_;
    }
    if (position_ == limits::kHeadBytesMax) {
      return fail(Code::kHeadTooLarge, "The head of the request has more than " +
                                           std::to_string(limits::kHeadBytesMax) +
                                           " bytes; send fewer or shorter header fields.");
    }
    if (position_ >= end) return std::nullopt;
    const auto complete = step(buffer);
    if (!complete) return std::unexpected(complete.error());
    complete_ = *complete;
    ++position_;
  }
  return position_;
}

Result<bool> HeadScanner::step(std::string_view buffer) {
  const char byte = buffer[position_];
  // RFC 9112, 2.2: a recipient may take a bare LF for a line end, and some take a bare CR, so a sender
  // that uses them is read in two ways.
  if (after_cr_) {
    if (byte != '\n') {
      return malformed_head("A carriage return without a line feed" + at(position_ - 1) +
                            "; end lines with CRLF.");
    }
    after_cr_ = false;
    return end_line(buffer.substr(line_begin_, position_ - 1 - line_begin_));
  }
  if (byte == '\r') {
    after_cr_ = true;
    return false;
  }
  if (byte == '\n') {
    return malformed_head("A line feed without a carriage return" + at(position_) + "; end lines with CRLF.");
  }
  const bool in_fields = minor_ != Minor::kUnknown;
  if (in_fields ? !may_be_in_value(byte) : is_control(byte)) {
    constexpr char kTlsHandshake = 0x16;
    if (position_ == 0 && byte == kTlsHandshake)
      return malformed_head("This is TLS; the port speaks plain HTTP.");
    return malformed_head("A control character in the request head" + at(position_) + "; leave it out.");
  }
  if (!in_fields) {
    // RFC 9112, 3: the target is what stands between the first space and the second.
    if (byte == ' ') {
      ++spaces_;
    } else if (spaces_ == 1 && ++target_bytes_ > limits::kTargetBytesMax) {
      return fail(Code::kTargetTooLong, "The request target has more than " +
                                            std::to_string(limits::kTargetBytesMax) +
                                            " bytes; ask for less at a time.");
    }
    return false;
  }
  if (position_ == line_begin_) {
    // RFC 9112, 5.2: a server rejects obs-fold, or replaces it; rejecting leaves no two readings.
    if (byte == ' ' || byte == '\t') {
      return malformed_head("A header field that begins with a blank" + at(position_) +
                            "; send each field on one line.");
    }
    if (++fields_ > limits::kHeaderFieldsMax) {
      return fail(Code::kHeadTooLarge, "The request has more than " +
                                           std::to_string(limits::kHeaderFieldsMax) +
                                           " header fields; send fewer.");
    }
  }
  return false;
}

Result<bool> HeadScanner::end_line(std::string_view line) {
  Result<void> result;
  bool complete = false;
  if (minor_ != Minor::kUnknown) {
    complete = line.empty();
    result = complete ? check_message() : check_field(line);
  } else if (!line.empty()) {
    result = check_request_line(line);
    if (result) minor_ = line.back() == '0' ? Minor::k0 : Minor::k1;
  } else {
    // RFC 9112, 2.2: ignore at least one empty line before the request line.
    leading_bytes_ += 2;
    if (leading_bytes_ > 4) {
      result = malformed_head("More than two empty lines before the request line" + at(line_begin_) +
                              "; send the request line first.");
    }
  }
  line_begin_ = position_ + 1;
  if (!result) return std::unexpected(result.error());
  return complete;
}

// RFC 9112, 3: method SP request-target SP HTTP-version. A recipient may split on any blanks; we do not.
Result<void> HeadScanner::check_request_line(std::string_view line) const {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (spaces_ != 2 || last == first + 1) {
    return malformed_head("The request line" + at(line_begin_) +
                          " is not a method, a target and a version with one space between them.");
  }
  if (!is_token(line.substr(0, first))) {
    return malformed_head("The request method" + at(line_begin_) + " is not a token.");
  }
  const auto version = line.substr(last + 1);
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return {};
  const auto number = version.starts_with("HTTP/") ? version.substr(5) : std::string_view{};
  const bool major_only = number.size() == 1 && is_digit(number[0]);
  const bool major_and_minor =
      number.size() == 3 && is_digit(number[0]) && number[1] == '.' && is_digit(number[2]);
  if (major_only || major_and_minor) {
    return fail(Code::kVersionNotSupported,
                "The request is " + std::string(version) + "; send it as HTTP/1.1 or HTTP/1.0.");
  }
  return malformed_head("The request line does not end in an HTTP version" + at(line_begin_ + last + 1) +
                        "; send HTTP/1.1.");
}

Result<void> HeadScanner::check_field(std::string_view line) {
  const auto colon = line.find(':');
  // RFC 9112, 5.1: no blanks between name and colon; a token has none.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return malformed_head("The header field" + at(line_begin_) +
                          " has no name that is a token with a colon right after it.");
  }
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (equals_ignoring_case(name, "host")) {
    // RFC 9112, 3.2: more than one, or one that is no host, is answered with 400.
    if (++hosts_ > 1) return malformed_head("A second Host field" + at(line_begin_) + "; send one.");
    if (!kHostBytes.has_all(value)) {
      return malformed_head("The Host field" + at(line_begin_) + " is not a host with an optional port.");
    }
  } else if (equals_ignoring_case(name, "content-length")) {
    // RFC 9112, 6.3: a recipient may take equal lengths, sent twice or as a list, for one. We do not.
    if (++content_lengths_ > 1) {
      return malformed_head("A second Content-Length field" + at(line_begin_) + "; send one.");
    }
    if (!is_number_of_64_bits(value)) {
      return malformed_head("The Content-Length field" + at(line_begin_) + " is not a number of bytes.");
    }
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    // RFC 9112, 6.1: judged with the other fields, when all are there.
    if (++transfer_encodings_ > 1) {
      return malformed_head("A second Transfer-Encoding field" + at(line_begin_) + "; send one.");
    }
    if (value.empty()) return malformed_head("The Transfer-Encoding field" + at(line_begin_) + " is empty.");
    chunked_ = equals_ignoring_case(value, "chunked");
  }
  return {};
}

Result<void> HeadScanner::check_message() const {
  // RFC 9112, 3.2: a request of HTTP/1.1 has a Host field.
  if (minor_ == Minor::k1 && hosts_ == 0) return malformed_head("The request has no Host field; send one.");
  if (transfer_encodings_ == 0) return {};
  // RFC 9112, 6.1: a Transfer-Encoding in HTTP/1.0, or beside a Content-Length, is faulty framing or an
  // attempt to smuggle.
  if (minor_ == Minor::k0) {
    return malformed_head("Transfer-Encoding in a request of HTTP/1.0; send a Content-Length instead.");
  }
  if (content_lengths_ > 0) {
    return malformed_head("Both Transfer-Encoding and Content-Length; send one of them.");
  }
  // RFC 9112, 6.1: a server that does not understand a transfer coding answers 501. This is also how
  // `chunked` twice, or not as the last coding, ends here.
  if (!chunked_) return fail(Code::kNotImplemented, "A transfer coding other than chunked; send chunked.");
  return {};
}

}  // namespace tinychat::wire
