#include "load/message_key.h"

#include <charconv>

namespace tinychat::bench {
namespace {

void append_hex(std::string& text, std::uint64_t value, unsigned digits) {
  for (unsigned shift = digits * 4; shift > 0; shift -= 4)
    text += "0123456789abcdef"[(value >> (shift - 4)) & 15];
}

std::uint64_t parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail_run("a delivery is damaged: \"" + std::string(text) +
             "\" is no part of a message that was published");
  }
  return value;
}

}  // namespace

std::string message_text(const MessageKey& key, std::size_t bytes) {
  std::string text(bytes - kKeyBytes, 'x');
  text += kKeyMark;
  append_hex(text, key.room, 4);
  text += '.';
  append_hex(text, key.publisher, 4);
  text += '.';
  append_hex(text, key.sequence, 8);
  text += '.';
  append_hex(text, key.sent, 16);
  return text;
}

std::uint32_t parse_room(std::string_view text) {
  return static_cast<std::uint32_t>(parse_hex(text.substr(1, 4)));
}

MessageKey parse_key(std::string_view text) {
  return {.room = parse_room(text),
          .publisher = static_cast<std::uint32_t>(parse_hex(text.substr(6, 4))),
          .sequence = static_cast<std::uint32_t>(parse_hex(text.substr(11, 8))),
          .sent = parse_hex(text.substr(20, 16))};
}

}  // namespace tinychat::bench
