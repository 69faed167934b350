// The rule for people's names, wherever one comes from.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tinychat::api {

// 1 to limits::kSenderBytesMax bytes of UTF-8 without control characters. `what` names the input in
// the detail. Errors: kMalformed (not UTF-8, with the place), kUnprocessable.
Result<void> check_sender(std::string_view what, std::string_view sender);

// Errors: kMalformed, with the place.
Result<void> check_utf8(std::string_view what, std::string_view text);

}  // namespace tinychat::api
