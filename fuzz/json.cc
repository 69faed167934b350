// JSON bodies: members are UTF-8 and come once, and mean the same when they are written again.
#include "wire/json.h"

#include <set>

#include "base/limits.h"
#include "fuzz/support/check.h"
#include "wire/json_writer.h"

namespace tinychat::fuzz {
namespace {

std::string write(const std::vector<wire::JsonMember>& members) {
  std::string json;
  for (const auto& member : members) {
    if (member.text) {
      wire::append_json_member(json, member.name, *member.text);
    } else {
      json += json.empty() ? '{' : ',';
      wire::append_json_string(json, member.name);
      json += ":null";
    }
  }
  return json.empty() ? "{}" : json + '}';
}

void look_at(std::string_view input) {
  const auto members = wire::parse_json_object(input);
  if (!members) {
    expect_tellable(members.error());
    return;
  }
  expect_utf8(input, "JSON that parses");
  std::set<std::string_view> names;
  for (const auto& member : *members) {
    expect_utf8(member.name, "a member's name");
    if (member.text) expect_utf8(*member.text, "a member's text");
    for (const auto& text : member.texts.value_or(std::vector<std::string>())) {
      expect_utf8(text, "a text of an array");
    }
    expect(names.insert(member.name).second, "each name once");
  }
  const std::string written = write(*members);
  expect(written.find_first_of("\r\n") == std::string::npos, "JSON on one line");
  for (const std::string& spelling : {written, " \t\r\n" + written + "\n "}) {
    const auto again = wire::parse_json_object(spelling);
    expect(again && again->size() == members->size(), "the same members when they are written again");
    for (std::size_t i = 0; i < members->size(); ++i) {
      expect((*again)[i].name == (*members)[i].name && (*again)[i].text == (*members)[i].text,
             "the same member when it is written again");
    }
  }
  expect(!wire::parse_json_object(written + "x"), "nothing to be taken behind the object");
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
