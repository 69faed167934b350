#include "wire/percent.h"

#include "wire/ascii.h"

namespace tinychat::wire {
namespace {

constexpr ByteSet kUnreserved("-._~", true);

// 0 to 15, or -1.
int hex_value(char byte) {
  if (is_digit(byte)) return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space, std::size_t offset) {
  // It only gets shorter.
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out[size++] = ' ';
    } else if (text[i] != '%') {
      out[size++] = text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low < 0) {
        return fail(Code::kMalformed, "A '%' without two hexadecimal digits at byte " +
                                          std::to_string(offset + i) + "; write a plain '%' as %25.");
      }
      out[size++] = static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  out.resize(size);
  return out;
}

std::string percent_encode_segment(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(bytes.size() + 16);
  for (const char byte : bytes) {
    if (kUnreserved.has(byte)) {
      out += byte;
    } else {
      out += '%';
      out += kDigits[static_cast<std::uint8_t>(byte) >> 4U];
      out += kDigits[static_cast<std::uint8_t>(byte) & 0xFU];
    }
  }
  return out;
}

}  // namespace tinychat::wire
