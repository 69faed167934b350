#include "room/room_name.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/limits.h"
#include "base/secret.h"
#include "wire/utf8.h"

namespace tinychat::room {
namespace {

using namespace std::string_view_literals;

// Paths of today, and those that a later version may want without taking a room from anyone.
constexpr std::array kReservedFirstSegments = {
    "api"sv,          "assets"sv,      "subscribe"sv,   "healthz"sv,    "readyz"sv,
    "metrics"sv,      "r"sv,           "join"sv,        "login"sv,      "logout"sv,
    "admin"sv,        "settings"sv,    "events"sv,      "rooms"sv,      "openapi.yaml"sv,
    "openapi.json"sv, "favicon.ico"sv, "favicon.svg"sv, "robots.txt"sv, "manifest.webmanifest"sv,
    "sw.js"sv,        ".well-known"sv, "problems"sv,
};

// Kept for the forms that a room may be asked for in.
constexpr std::array kReservedLastSegments = {"sse"sv, "json"sv, "raw"sv};

bool holds(std::span<const std::string_view> list, std::string_view segment) {
  return std::ranges::find(list, segment) != list.end();
}

std::unexpected<Error> against_the_rule(std::string detail) {
  return fail(Code::kUnprocessable, std::move(detail));
}

// An empty segment disappears in many clients and proxies, and `.` and `..` are resolved by them:
// such a room could not be reached under its own name.
Result<void> check_segments(std::string_view name) {
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const auto segment = name.substr(begin, end - begin);
    if (segment.empty()) {
      return against_the_rule(
          "A room name neither begins nor ends with a slash nor has two in a row; there is an empty segment "
          "at byte " +
          std::to_string(begin) + ".");
    }
    if (segment == "." || segment == "..") {
      return against_the_rule("No segment of a room name is `.` or `..`; there is one at byte " +
                              std::to_string(begin) + ".");
    }
    begin = end + 1;
  }
  return {};
}

}  // namespace

std::span<const std::string_view> reserved_first_segments() { return kReservedFirstSegments; }

Result<void> check_room_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kRoomNameBytesMax) {
    return against_the_rule("A room name has 1 to " + std::to_string(limits::kRoomNameBytesMax) +
                            " bytes of UTF-8; this one has " + std::to_string(name.size()) + ".");
  }
  if (const auto place = wire::first_invalid_utf8(name)) {
    return fail(Code::kMalformed, "The room name is not UTF-8 at byte " + std::to_string(*place) + " of it.");
  }
  if (wire::has_control_characters(name)) {
    return against_the_rule("A room name has no control characters; choose another.");
  }
  if (auto checked = check_segments(name); !checked) return checked;
  const auto first = name.substr(0, name.find('/'));
  if (holds(kReservedFirstSegments, first)) {
    return against_the_rule("`" + std::string(first) +
                            "` is reserved as the first segment of a room name; choose another.");
  }
  const auto last = name.substr(name.rfind('/') + 1);
  if (holds(kReservedLastSegments, last)) {
    return against_the_rule("`" + std::string(last) +
                            "` is reserved as the last segment of a room name; choose another.");
  }
  return {};
}

bool is_private(std::string_view name) {
  if (name.size() != 1 + kKeyCharacters || name.front() != kPrivateMark) return false;
  return std::ranges::all_of(name.substr(1), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string private_name(std::string_view key) { return kPrivateMark + std::string(key); }

}  // namespace tinychat::room
