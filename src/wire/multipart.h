// multipart/form-data (RFC 7578, RFC 2046, 5.1), as `curl -F` and browsers send it: bodies that are
// small and already in memory. No nested parts, no transfer encodings.
#pragma once

#include <string_view>

#include "base/result.h"
#include "wire/field.h"

namespace tinychat::wire {

// The parts in their order, a part with a file name like any other. `boundary` is the media type's
// parameter. Names are as they were sent, but for `\"` and `\\`; names and values are valid UTF-8. What
// stands before the first delimiter and behind the last is passed over. kMalformed, with the place,
// for all else; kTooLarge for more than limits::kFormFieldsMax parts.
[[nodiscard]] Result<Fields> parse_multipart(std::string_view body, std::string_view boundary);

}  // namespace tinychat::wire
