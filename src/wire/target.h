// The request target (RFC 9112, 3.2) taken apart.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/field.h"

namespace tinychat::wire {

struct Target {
  std::string path;  // raw, still percent-encoded and perhaps malformed in that; begins with '/', or is "*"
  Fields query;      // decoded, valid UTF-8
};

// Takes origin-form, absolute-form of http and https (whose host is passed over: the Host field is no
// concern of ours either) and "*". Bytes from 0x80 on may stand raw. kMalformed for anything else, for
// a fragment, blanks and controls, and for a query that is; kTargetTooLong over the limit.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

}  // namespace tinychat::wire
