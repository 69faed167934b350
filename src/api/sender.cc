#include "api/sender.h"

#include <string>

#include "base/limits.h"
#include "wire/utf8.h"

namespace tinychat::api {

Result<void> check_utf8(std::string_view what, std::string_view text) {
  if (const auto place = wire::first_invalid_utf8(text)) {
    return fail(Code::kMalformed, "`" + std::string(what) + "` is not UTF-8 at byte " +
                                      std::to_string(*place) + " of its value; send UTF-8.");
  }
  return {};
}

Result<void> check_sender(std::string_view what, std::string_view sender) {
  if (auto valid = check_utf8(what, sender); !valid) return valid;
  if (sender.empty() || sender.size() > limits::kSenderBytesMax) {
    return fail(Code::kUnprocessable,
                "`" + std::string(what) + "` has 1 to " + std::to_string(limits::kSenderBytesMax) +
                    " bytes of UTF-8; this one has " + std::to_string(sender.size()) + ".");
  }
  if (wire::has_control_characters(sender)) {
    return fail(Code::kUnprocessable,
                "`" + std::string(what) + "` has no control characters; send it without them.");
  }
  return {};
}

}  // namespace tinychat::api
