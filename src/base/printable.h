// Text from somewhere else in a sentence of ours: for logs and terminals, where a control character or bytes
// that are no text would do harm.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace tinychat {

// The first `bytes_max` bytes; what is not printable ASCII becomes '?'.
[[nodiscard]] inline std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string shown(text.substr(0, bytes_max));
  std::ranges::replace_if(shown, [](char byte) { return byte < ' ' || byte > '~'; }, '?');
  return shown;
}

}  // namespace tinychat
