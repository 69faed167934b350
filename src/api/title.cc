#include "api/title.h"

#include <algorithm>

#include "base/limits.h"
#include "wire/utf8.h"

namespace tinychat::api {

Result<std::optional<std::string>> find_title(const JsonMembers& members) {
  const auto member = std::ranges::find(members, "title", &wire::JsonMember::name);
  if (member == members.end()) return std::nullopt;
  if (member->is_null) return std::string();
  const auto& title = member->text;
  if (!title || title->empty() || title->size() > limits::kRoomTitleBytesMax) {
    return fail(Code::kUnprocessable, "`title` has 1 to " + std::to_string(limits::kRoomTitleBytesMax) +
                                          " bytes of UTF-8, or is `null` for none; send one of them.");
  }
  if (wire::has_control_characters(*title)) {
    return fail(Code::kUnprocessable, "`title` has no control characters; send it without them.");
  }
  return *title;
}

}  // namespace tinychat::api
