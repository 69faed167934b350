#include "wire/target.h"

#include <algorithm>

#include "base/limits.h"
#include "wire/ascii.h"
#include "wire/form.h"

namespace tinychat::wire {
namespace {

// Of "http://host/path?query" the length of what stands before the path; 0 if it is no such thing.
std::size_t authority_end(std::string_view target) {
  const auto colon = target.find("://");
  if (colon == std::string_view::npos) return 0;
  const auto scheme = target.substr(0, colon);
  if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) return 0;
  const auto begin = colon + 3;
  const auto end = std::min(target.find_first_of("/?", begin), target.size());
  const auto authority = target.substr(begin, end - begin);
  // RFC 9110, 4.2: an empty host is invalid, and user information an attempt to mislead.
  return authority.empty() || authority.contains('@') ? 0 : end;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  if (target.size() > limits::kTargetBytesMax) {
    return fail(Code::kTargetTooLong, "The request target has more than " +
                                          std::to_string(limits::kTargetBytesMax) +
                                          " bytes; ask for less at a time.");
  }
  const auto bad = std::find_if(target.begin(), target.end(), [](char byte) {
    return static_cast<std::uint8_t>(byte) <= 0x20 || byte == 0x7F || byte == '#';
  });
  if (bad != target.end()) {
    return fail(Code::kMalformed, std::string(*bad == '#' ? "A fragment" : "A blank or control character") +
                                      " in the request target at byte " +
                                      std::to_string(bad - target.begin()) + "; percent-encode it.");
  }
  if (target == "*") return Target{"*", {}};

  const std::size_t begin = target.starts_with('/') ? 0 : authority_end(target);
  if (begin == 0 && !target.starts_with('/')) {
    return fail(Code::kMalformed, "The request target is no path; begin it with '/' or http://host.");
  }
  const auto question = std::min(target.find('?', begin), target.size());
  Target result;
  result.path = target.substr(begin, question - begin);
  if (result.path.empty()) result.path = "/";
  if (question < target.size()) {
    // The length of the target is limit enough: a query may name many rooms.
    auto query = parse_form(target.substr(question + 1), question + 1, limits::kTargetBytesMax);
    if (!query) {
      return fail(query.error().code, "In the request target: " + query.error().detail);
    }
    result.query = *std::move(query);
  }
  return result;
}

}  // namespace tinychat::wire
