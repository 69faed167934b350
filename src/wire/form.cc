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

// What an encoder leaves as it is in a name (WHATWG URL, 5.2), and what it makes of the rest.
bool can_be_encoded_name(std::string_view name) {
  constexpr std::string_view kBare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._+%[]";
  return !name.empty() && name.find_first_not_of(kBare) == std::string_view::npos;
}

// Whether a piece between two '&' begins a field.
using IsField = bool (*)(std::string_view name, bool has_equals);

bool every_piece(std::string_view, bool) { return true; }
bool what_an_encoder_made(std::string_view name, bool has_equals) {
  return has_equals && can_be_encoded_name(name);
}

Result<Fields> parse(std::string_view text, std::size_t offset, std::size_t fields_max, IsField is_field) {
  Fields fields;
  std::size_t ampersands = 0;  // since the last piece that was not empty
  for (std::size_t begin = 0; begin < text.size();) {
    const auto piece = text.substr(begin, text.find('&', begin) - begin);
    const auto equals = piece.find('=');
    const auto name_part = piece.substr(0, equals);
    if (piece.empty()) {
      ++ampersands;
    } else if (!fields.empty() && !is_field(name_part, equals != std::string_view::npos)) {
      auto more = decode(piece, offset + begin);
      if (!more) return std::unexpected(more.error());
      fields.back().value.append(ampersands + 1, '&').append(*more);
      ampersands = 0;
    } else {
      ampersands = 0;
      if (fields.size() == fields_max) {
        return fail(Code::kTooLarge, "More than " + std::to_string(fields_max) + " fields; send fewer.");
      }
      auto name = decode(name_part, offset + begin);
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

}  // namespace

Result<Fields> parse_form(std::string_view body) {
  return parse(body, 0, limits::kFormFieldsMax, what_an_encoder_made);
}

Result<Fields> parse_form(std::string_view text, std::size_t offset, std::size_t fields_max) {
  return parse(text, offset, fields_max, every_piece);
}

}  // namespace tinychat::wire
