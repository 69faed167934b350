#include "wire/form.h"

#include <string>

#include "base/limits.h"
#include "wire/percent.h"
#include "wire/utf8.h"

namespace tinychat::wire {
namespace {

// Where in the encoded text the byte stands that is decoded to number `decoded`.
std::size_t encoded_place(std::string_view encoded, std::size_t decoded) {
  std::size_t place = 0;
  while (decoded-- > 0) place += encoded[place] == '%' ? 3U : 1U;
  return place;
}

Result<std::string> decode(std::string_view encoded, std::size_t offset) {
  auto decoded = percent_decode(encoded, true, offset);
  if (!decoded) return decoded;
  if (const auto bad = first_invalid_utf8(*decoded)) {
    return fail(Code::kMalformed, "Not UTF-8 at byte " +
                                      std::to_string(offset + encoded_place(encoded, *bad)) +
                                      "; send text as UTF-8, percent-encoded.");
  }
  return decoded;
}

}  // namespace

Result<Fields> parse_form(std::string_view body) { return parse_form(body, 0, limits::kFormFieldsMax); }

Result<Fields> parse_form(std::string_view text, std::size_t offset, std::size_t fields_max) {
  Fields fields;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto piece = text.substr(begin, text.find('&', begin) - begin);
    if (!piece.empty()) {
      if (fields.size() == fields_max) {
        return fail(Code::kTooLarge, "More than " + std::to_string(fields_max) + " fields; send fewer.");
      }
      const auto equals = piece.find('=');
      auto name = decode(piece.substr(0, equals), offset + begin);
      if (!name) return std::unexpected(name.error());
      Result<std::string> value;
      if (equals != std::string_view::npos) {
        value = decode(piece.substr(equals + 1), offset + begin + equals + 1);
        if (!value) return std::unexpected(value.error());
      }
      fields.push_back({*std::move(name), *std::move(value)});
    }
    begin += piece.size() + 1;
  }
  return fields;
}

}  // namespace tinychat::wire
