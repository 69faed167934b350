// Percent-encoding (RFC 3986, 2.1), of path segments and of forms.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tinychat::wire {

// `plus_is_space` as in forms and queries. The result is bytes: whether they are UTF-8 is not looked
// at. A '%' without two hexadecimal digits is kMalformed; its place is told as an offset in `text`
// plus `offset`, for texts that are a part of something larger.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text, bool plus_is_space,
                                                 std::size_t offset = 0);

// Encodes everything but the unreserved characters (RFC 3986, 2.3), so '/' too.
[[nodiscard]] std::string percent_encode_segment(std::string_view bytes);

}  // namespace tinychat::wire
