// application/x-www-form-urlencoded (WHATWG URL, 5.1), as forms send it and queries have it; stricter
// than browsers are: what is malformed is refused with its place, not repaired.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "wire/field.h"

namespace tinychat::wire {

// Names and values of a body, decoded and valid UTF-8. kMalformed for a bad '%' or bytes that are not
// UTF-8; kTooLarge for more than limits::kFormFieldsMax fields. Empty pieces ("a=1&&b=2") are skipped;
// a piece without '=' is a name with an empty value.
[[nodiscard]] Result<Fields> parse_form(std::string_view body);

// The same for a text that begins at `offset` of something larger, which is what places in errors are
// counted from, and with another limit. For the query of a target.
[[nodiscard]] Result<Fields> parse_form(std::string_view text, std::size_t offset, std::size_t fields_max);

}  // namespace tinychat::wire
