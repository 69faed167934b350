// Request targets, percent-coding and room names.
#include "wire/target.h"

#include "base/limits.h"
#include "fuzz/support/check.h"
#include "room/room_name.h"
#include "wire/percent.h"
#include "wire/utf8.h"

namespace tinychat::fuzz {
namespace {

void look_at_coding(std::string_view input) {
  const std::string encoded = wire::percent_encode_segment(input);
  for (const bool plus_is_space : {false, true}) {
    const auto decoded = wire::percent_decode(encoded, plus_is_space);
    expect(decoded && *decoded == input, "the same bytes, encoded and decoded");
    const auto direct = wire::percent_decode(input, plus_is_space, 3);
    if (!direct) {
      expect_tellable(direct.error());
      continue;
    }
    expect(direct->size() <= input.size(), "decoding to make nothing longer");
    const auto again = wire::percent_decode(wire::percent_encode_segment(*direct), plus_is_space);
    expect(again && *again == *direct, "what was decoded to be a name of the same");
  }
  expect(encoded.find_first_of("/?# \r\n&+;\"<>=") == std::string::npos,
         "nothing in an encoded segment that would end it");
}

void look_at_room(std::string_view name) {
  const auto checked = room::check_room_name(name);
  if (!checked) {
    expect_tellable(checked.error());
    return;
  }
  expect(!name.empty() && name.size() <= limits::kRoomNameBytesMax, "a room's name within its limit");
  expect_utf8(name, "a room's name");
  expect(!wire::has_control_characters(name), "no controls in a room's name");
  for (const auto reserved : room::reserved_first_segments()) {
    expect(name.substr(0, name.find('/')) != reserved, "a room's name to leave what is the program's own");
  }
  const auto target = wire::parse_target("/api/v1/rooms/" + wire::percent_encode_segment(name) + "/messages");
  expect(target && target->query.empty(), "the path of a room to be one");
}

void look_at(std::string_view input) {
  look_at_coding(input);
  look_at_room(input);
  const auto target = wire::parse_target(input);
  if (!target) {
    expect_tellable(target.error());
    return;
  }
  expect(input.size() <= limits::kTargetBytesMax, "a target within its limit");
  expect(target->path == "*" || target->path.starts_with('/'), "a path");
  expect(target->path.find_first_of(std::string_view("?# \t\r\n\0", 7)) == std::string::npos,
         "nothing but a path in the path");
  expect_utf8(target->query);
  if (target->path == "*") return;
  const auto path = wire::parse_target(target->path);
  expect(path && path->path == target->path && path->query.empty(), "a path to be a target of itself");
  if (const auto decoded = wire::percent_decode(target->path.substr(1), false)) look_at_room(*decoded);
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
