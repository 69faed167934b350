#include "base/log_text.h"

#include <cstddef>

namespace tinychat {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }

bool is_control(char c) { return byte_of(c) < 0x20 || byte_of(c) == 0x7F; }

bool is_continuation(char c) { return (byte_of(c) & 0xC0U) == 0x80U; }

// How long the character is that `text` begins with; 0: it begins with none.
std::size_t character_length(std::string_view text) {
  const unsigned char first = byte_of(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const unsigned char second = byte_of(text[1]);
  // Too long for what they say, halves of pairs, and beyond the last one.
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return length;
}

// Calls `take` with each whole character, and `escape` with each byte that is none or a control.
template <typename Take, typename Escape>
void for_each_character(std::string_view text, Take take, Escape escape) {
  while (!text.empty()) {
    const std::size_t length = is_control(text[0]) ? 0 : character_length(text);
    if (length == 0) {
      escape(byte_of(text[0]));
    } else {
      take(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

void append_hex(std::string& out, unsigned char byte) {
  out += kHexDigits[byte >> 4U];
  out += kHexDigits[byte & 0xFU];
}

void append_plain(std::string& out, std::string_view text) {
  for_each_character(
      text, [&](std::string_view character) { out += character; },
      [&](unsigned char byte) { append_hex(out += "\\x", byte); });
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for_each_character(
      text,
      [&](std::string_view character) {
        if (character == "\"" || character == "\\") out += '\\';
        out += character;
      },
      [&](unsigned char byte) {
        if (byte < 0x80) {
          append_hex(out += "\\u00", byte);
        } else {
          out += "\\ufffd";
        }
      });
  out += '"';
}

}  // namespace

std::string plain_log_text(std::string_view message, std::span<const LogField> fields) {
  std::string out;
  append_plain(out, message);
  for (const auto& [name, value] : fields) {
    out.append(" ").append(name).append("=");
    const bool is_word = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos;
    if (is_word) {
      append_plain(out, value);
    } else {
      append_json(out, value);
    }
  }
  return out;
}

std::string json_log_text(std::string_view message, std::span<const LogField> fields) {
  std::string out = "\"message\":";
  append_json(out, message);
  for (const auto& [name, value] : fields) {
    out.append(",\"").append(name).append("\":");
    append_json(out, value);
  }
  return out;
}

}  // namespace tinychat
