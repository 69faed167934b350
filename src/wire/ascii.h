// Letters, digits and tokens of the protocols, which are ASCII whatever the locale.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tinychat::wire {

[[nodiscard]] constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

[[nodiscard]] constexpr bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

[[nodiscard]] constexpr bool is_control(char byte) {
  return static_cast<std::uint8_t>(byte) < 0x20 || byte == 0x7F;
}

// RFC 9110, 5.5 and 5.6.4: what a field's value and a quoted-string have, the latter behind a backslash, too.
[[nodiscard]] constexpr bool may_be_in_value(char byte) { return !is_control(byte) || byte == '\t'; }

[[nodiscard]] constexpr char to_lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

[[nodiscard]] inline std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& byte : out) byte = to_lower(byte);
  return out;
}

[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

// A set of bytes, for tests of one byte in one look-up.
class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes, bool letters_and_digits) {
    for (const char byte : bytes) has_[static_cast<std::uint8_t>(byte)] = true;
    for (std::size_t i = 0; letters_and_digits && i < 128; ++i) {
      const char byte = static_cast<char>(i);
      if (is_letter(byte) || is_digit(byte)) has_[i] = true;
    }
  }
  [[nodiscard]] constexpr bool has(char byte) const { return has_[static_cast<std::uint8_t>(byte)]; }
  [[nodiscard]] constexpr bool has_all(std::string_view text) const {
    return std::all_of(text.begin(), text.end(), [this](char byte) { return has(byte); });
  }

 private:
  std::array<bool, 256> has_{};
};

// RFC 9110, 5.6.2: tchar.
inline constexpr ByteSet kTokenBytes("!#$%&'*+-.^_`|~", true);

[[nodiscard]] constexpr bool is_token(std::string_view text) {
  return !text.empty() && kTokenBytes.has_all(text);
}

// Without the spaces and tabs around it (RFC 9110, 5.6.3: OWS).
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace tinychat::wire
