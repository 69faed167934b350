// The bytes of an event: whatever somebody is called and says, each reader gets one event, and in it what was
// said. The first line of the input is the sender, the rest the text.
#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "fuzz/support/check.h"
#include "fuzz/support/html_reader.h"
#include "fuzz/support/sse_reader.h"
#include "room/rendered_event.h"
#include "wire/html.h"
#include "wire/json.h"
#include "wire/utf8.h"

namespace tinychat::fuzz {
namespace {

void expect_chunk(const wire::Frame& frame) {
  const auto bytes = frame.chunked();
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), size, 16);
  expect(error == std::errc(), "a chunk's size");
  const auto rest = bytes.substr(static_cast<std::size_t>(end - bytes.data()));
  expect(rest.starts_with("\r\n") && rest.ends_with("\r\n") && rest.size() == size + 4, "one chunk");
  expect(rest.substr(2, size) == frame.plain(), "the same bytes in the chunk as without");
  expect(size <= limits::kEventBytesMax, "an event within its limit");
}

SseEvent only_event(const wire::Frame& frame) {
  expect_chunk(frame);
  expect_utf8(frame.plain(), "an event");
  const auto events = read_events(frame.plain());
  expect(events.size() == 1, "one event");
  return events.front();
}

std::string member(const std::vector<wire::JsonMember>& members, std::string_view name) {
  for (const auto& one : members) {
    if (one.name == name && one.text) return *one.text;
  }
  return {};
}

std::vector<wire::JsonMember> object_in(const SseEvent& event) {
  auto members = wire::parse_json_object(event.data);
  expect(members.has_value(), "an event's data to be an object");
  return std::move(*members);
}

void expect_legacy(const SseEvent& event, std::string_view sender, std::string_view text) {
  const auto members = object_in(event);
  expect(members[0].name == "sender" && members[1].name == "message", "the two members first");
  for (const auto& [name, value] : {std::pair("sender", sender), std::pair("message", text)}) {
    const auto escaped = member(members, name);
    expect(escaped.find_first_of("<>\"'/") == std::string::npos, "nothing that means something in HTML");
    // What was written with references of its own cannot be told from them afterwards.
    if (value.find('&') == std::string_view::npos) {
      expect(wire::html_unescape(escaped) == value, "what was said in the event of 2013");
    }
  }
}

void look_at(std::string_view input) {
  const auto sender = take_line(input);
  if (wire::first_invalid_utf8(sender) || wire::has_control_characters(sender) || sender.empty()) return;
  if (wire::first_invalid_utf8(input) || input.empty()) return;
  if (sender.size() > limits::kSenderBytesMax || input.size() > limits::kTextBytesCeiling) return;
  const room::Event event{.id = {.milliseconds = 1'361'572'294'000, .sequence = 3},
                          .room = "everyone",
                          .sender = std::string(sender),
                          .text = std::string(input),
                          .idempotency_key = {}};
  const auto rendered = room::render(event);

  const auto legacy = only_event(rendered.frame(room::Dialect::kLegacy));
  expect(legacy.name.empty() && legacy.last_id == "1361572294000-3", "an event of 2013");
  expect_legacy(legacy, sender, input);

  const auto v1 = only_event(rendered.frame(room::Dialect::kV1));
  expect(v1.name == "message" && v1.last_id == "1361572294000-3", "an event");
  const auto members = object_in(v1);
  expect(member(members, "sender") == sender && member(members, "text") == input, "what was said");
  if (const auto html = member(members, "html"); !html.empty()) {
    expect(!fault_of_html(html), "HTML with nothing but what is allowed");
  }

  const auto live = room::render_live("everyone", sender, input, 1'361'572'294'000);
  const auto live_legacy = only_event(live[0]);
  expect(!live_legacy.has_id, "no id of what cannot be read again");
  expect_legacy(live_legacy, sender, input);
  expect(member(object_in(only_event(live[1])), "text") == input, "what was said");
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
