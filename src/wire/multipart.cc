#include "wire/multipart.h"

#include <optional>
#include <string>

#include "base/limits.h"
#include "wire/ascii.h"
#include "wire/media_type.h"
#include "wire/utf8.h"

namespace tinychat::wire {
namespace {

// RFC 2046, 5.1.1: bchars, 1 to 70 of them, the last no space.
constexpr ByteSet kBoundaryBytes("'()+_,-./:=? ", true);
constexpr std::size_t kBoundaryBytesMax = 70;

class Parser {
 public:
  Parser(std::string_view body, std::string_view boundary)
      : body_(body), delimiter_("\r\n--" + std::string(boundary)) {}

  Result<Fields> parse() {
    if (!skip_preamble()) return malformed(body_.size(), "There is no line with the boundary");
    Fields fields;
    for (;;) {
      const auto closed = end_delimiter();
      if (!closed) return std::unexpected(closed.error());
      if (*closed) return fields;
      if (fields.size() == limits::kFormFieldsMax) {
        return fail(Code::kTooLarge,
                    "More than " + std::to_string(limits::kFormFieldsMax) + " parts; send fewer.");
      }
      auto field = part();
      if (!field) return std::unexpected(field.error());
      fields.push_back(*std::move(field));
    }
  }

 private:
  static std::unexpected<Error> malformed(std::size_t place, std::string_view what) {
    return fail(Code::kMalformed, std::string(what) + " at byte " + std::to_string(place) +
                                      " of the multipart body; send it as RFC 7578 has it.");
  }

  // To behind the first delimiter, which needs no line end before it at the very start.
  bool skip_preamble() {
    const auto bare = std::string_view(delimiter_).substr(2);
    if (body_.starts_with(bare)) {
      position_ = bare.size();
      return true;
    }
    const auto found = body_.find(delimiter_);
    if (found == std::string_view::npos) return false;
    position_ = found + delimiter_.size();
    return true;
  }

  // What follows a delimiter on its line. True: it was the last.
  Result<bool> end_delimiter() {
    const auto rest = body_.substr(position_);
    if (rest.starts_with("--")) {
      position_ += 2;
      return true;
    }
    const auto padding = std::min(rest.find_first_not_of(" \t"), rest.size());
    if (rest.substr(padding, 2) != "\r\n") {
      return malformed(position_, "The line of a boundary does not end after it");
    }
    position_ += padding + 2;
    return false;
  }

  // Header lines, an empty line, and bytes up to the next delimiter.
  Result<Field> part() {
    const std::size_t begin = position_;
    std::optional<std::string> name;
    for (;;) {
      const auto end = body_.find("\r\n", position_);
      if (end == std::string_view::npos) return malformed(position_, "A header of a part does not end");
      const auto line = body_.substr(position_, end - position_);
      if (line.empty()) break;
      const auto done = header(line, name);
      if (!done) return std::unexpected(done.error());
      position_ = end + 2;
    }
    if (!name) return malformed(begin, "A part without a name");
    // A part without bytes may share the line end of its empty line with the delimiter.
    const bool empty = body_.substr(position_).starts_with(delimiter_);
    if (!empty) position_ += 2;
    const auto end = body_.find(delimiter_, position_);
    if (end == std::string_view::npos) return malformed(position_, "No boundary ends the part");
    const auto value = body_.substr(position_, empty ? 0 : end - position_);
    if (const auto bad = first_invalid_utf8(value)) return malformed(position_ + *bad, "Not UTF-8");
    position_ = end + delimiter_.size();
    return Field{*std::move(name), std::string(value)};
  }

  Result<void> header(std::string_view line, std::optional<std::string>& name) const {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return malformed(position_, "A header of a part that is none");
    }
    const auto value = trim(line.substr(colon + 1));
    if (equals_ignoring_case(line.substr(0, colon), "content-transfer-encoding")) {
      // RFC 7578, 4.7: deprecated. Taking encoded bytes for the text would store what nobody wrote.
      if (equals_ignoring_case(value, "7bit") || equals_ignoring_case(value, "8bit") ||
          equals_ignoring_case(value, "binary")) {
        return {};
      }
      return malformed(position_, "A Content-Transfer-Encoding");
    }
    if (!equals_ignoring_case(line.substr(0, colon), "content-disposition")) return {};
    if (name) return malformed(position_, "A second Content-Disposition");
    // RFC 6266: `form-data; name="…"`; a media type but for the missing subtype.
    const auto semicolon = value.find(';');
    if (!equals_ignoring_case(trim(value.substr(0, semicolon)), "form-data")) {
      return malformed(position_, "A Content-Disposition other than form-data");
    }
    const auto parameters =
        semicolon == std::string_view::npos ? std::string_view{} : value.substr(semicolon);
    const auto parsed = parse_media_type("form/data" + std::string(parameters));
    if (!parsed) return malformed(position_, "A Content-Disposition that does not parse");
    if (const std::string* const found = find(parsed->parameters, "name")) name = *found;
    if (name && first_invalid_utf8(*name)) return malformed(position_, "A name that is not UTF-8");
    return {};
  }

  std::string_view body_;
  std::string delimiter_;
  std::size_t position_ = 0;
};

}  // namespace

Result<Fields> parse_multipart(std::string_view body, std::string_view boundary) {
  if (boundary.empty() || boundary.size() > kBoundaryBytesMax || boundary.ends_with(' ') ||
      !kBoundaryBytes.has_all(boundary)) {
    return fail(
        Code::kMalformed,
        "The boundary of the multipart body is not 1 to 70 of the characters that RFC 2046 allows; send "
        "it as a parameter of the Content-Type.");
  }
  return Parser(body, boundary).parse();
}

}  // namespace tinychat::wire
