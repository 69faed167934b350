#include "wire/utf8.h"

#include <cstdint>
#include <cstring>

namespace tinychat::wire {
namespace {

bool is_between(std::uint8_t byte, std::uint8_t low, std::uint8_t high) {
  return low <= byte && byte <= high;
}

// The length of the well-formed sequence that `bytes` begins with, or 0. RFC 3629, 4: only the second
// byte's range depends on the first; `bytes` is not empty and does not begin with ASCII.
std::size_t sequence_bytes(std::string_view bytes) {
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  std::size_t length = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
  if (is_between(first, 0xC2, 0xDF)) {
    length = 2;
  } else if (is_between(first, 0xE0, 0xEF)) {
    length = 3;
    if (first == 0xE0) second_min = 0xA0;  // shorter would do
    if (first == 0xED) second_max = 0x9F;  // surrogates
  } else if (is_between(first, 0xF0, 0xF4)) {
    length = 4;
    if (first == 0xF0) second_min = 0x90;  // shorter would do
    if (first == 0xF4) second_max = 0x8F;  // beyond U+10FFFF
  }
  if (length == 0 || bytes.size() < length) return 0;
  if (!is_between(static_cast<std::uint8_t>(bytes[1]), second_min, second_max)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_between(static_cast<std::uint8_t>(bytes[i]), 0x80, 0xBF)) return 0;
  }
  return length;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view bytes) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t i = 0;
  while (i < bytes.size()) {
    if (i + 8 <= bytes.size()) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, bytes.data() + i, 8);
      if ((eight & kHighBits) == 0) {
        i += 8;
        continue;
      }
    }
    if (static_cast<std::uint8_t>(bytes[i]) < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = sequence_bytes(bytes.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

bool has_control_characters(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(utf8[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < utf8.size() && static_cast<std::uint8_t>(utf8[i + 1]) < 0xA0) return true;
  }
  return false;
}

}  // namespace tinychat::wire
