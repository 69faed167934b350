// application/x-www-form-urlencoded (WHATWG URL, 5.1), as forms send it and queries have it; stricter
// than browsers are: what is malformed is refused with its place, not repaired.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "wire/field.h"

namespace tinychat::wire {

// Names and values of a body, decoded and valid UTF-8. kMalformed for a bad '%' or bytes that are not
// UTF-8; kTooLarge for more than limits::kFormFieldsMax fields.
//
// Bodies are also written by hand: `curl -d message='you & me'` encodes nothing. A piece that no encoder
// can have made (it has no '=', or a name with a byte that is always encoded) therefore belongs to the
// value before it, and so does its '&'.
[[nodiscard]] Result<Fields> parse_form(std::string_view body);

// The query of a target, which begins at `offset` of it: that is what places in errors are counted from.
// Empty pieces ("a=1&&b=2") are skipped; a piece without '=' is a name with an empty value.
[[nodiscard]] Result<Fields> parse_form(std::string_view text, std::size_t offset, std::size_t fields_max);

}  // namespace tinychat::wire
