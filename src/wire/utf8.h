// Whether bytes are UTF-8 (RFC 3629), and text without control characters.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tinychat::wire {

// The offset of the first byte that does not belong to a well-formed sequence: overlong forms,
// surrogates and what lies beyond U+10FFFF are not well-formed, nor is a sequence that was cut off
// (then it is the offset of its first byte). nullopt: all is valid.
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view bytes);

// C0, DEL, and C1 as UTF-8 has them (U+0080 to U+009F).
[[nodiscard]] bool has_control_characters(std::string_view utf8);

}  // namespace tinychat::wire
