// What the text of a message carries, so that every delivery of it can be told from every other: room,
// publisher, the publisher's own count, and the time it was sent. It is the end of the text, so who has seen
// it has seen the message; and of characters that no escaping touches.
//
//   ~RRRR.PPPP.SSSSSSSS.TTTTTTTTTTTTTTTT     hexadecimal; a tilde is nowhere else in a stream
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "load/common.h"

namespace tinychat::bench {

inline constexpr char kKeyMark = '~';
inline constexpr std::size_t kKeyBytes = 36;

struct MessageKey {
  std::uint32_t room = 0;
  std::uint32_t publisher = 0;
  std::uint32_t sequence = 0;
  Nanoseconds sent = 0;
};

// A text of `bytes` bytes, at least kKeyBytes, that ends with the key.
[[nodiscard]] std::string message_text(const MessageKey& key, std::size_t bytes);

// `text` is kKeyBytes long. What is no key ends the run.
[[nodiscard]] MessageKey parse_key(std::string_view text);

// Of a text that begins with a key.
[[nodiscard]] std::uint32_t parse_room(std::string_view text);

}  // namespace tinychat::bench
