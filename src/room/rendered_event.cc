#include "room/rendered_event.h"

#include <optional>

#include "base/limits.h"
#include "wire/json_writer.h"
#include "wire/markdown.h"
#include "wire/time_text.h"

namespace tinychat::room {
namespace {

using wire::append_json_member;

// The page of 2013 puts both values into its HTML as they are: they must be harmless there.
void append_escaped_member(std::string& json, std::string_view name, std::string_view value) {
  json += json.empty() ? '{' : ',';
  wire::append_json_string(json, name);
  json += ':';
  wire::append_html_escaped_json_string(json, value);
}

std::string legacy_json(const Event& event) {
  std::string json;
  json.reserve(96 + event.sender.size() + event.text.size());
  append_escaped_member(json, "sender", event.sender);
  append_escaped_member(json, event.kind == EventKind::kTopic ? "topic" : "message", event.text);
  append_json_member(json, "time", wire::rfc3339(event.id.milliseconds));
  json += '}';
  return json;
}

constexpr std::string_view kAction = "/me ";

bool is_action(std::string_view text) {
  return text.starts_with(kAction) &&
         text.find_first_not_of(" \t\r\n", kAction.size()) != std::string_view::npos;
}

// Not if the event would become too long with it: who reads it then shows the text.
void append_html(std::string& json, std::string_view text) {
  const auto html = wire::render_markdown(text, limits::kHtmlBytesMax);
  if (!html) return;
  const auto without = json.size();
  append_json_member(json, "html", *html);
  if (json.size() > limits::kMessageJsonBytesMax) json.resize(without);
}

// What is no message has a name that those who know only messages pass over.
std::string_view event_name(const Event& event, Dialect dialect) {
  if (event.kind == EventKind::kTopic) return "topic";
  return dialect == Dialect::kLegacy ? "" : "message";
}

}  // namespace

std::string message_json(const Event& event) {
  std::string json;
  json.reserve(128 + event.room.size() + event.sender.size() + event.text.size());
  append_json_member(json, "id", to_string(event.id));
  append_json_member(json, "room", event.room);
  append_json_member(json, "sender", event.sender);
  append_json_member(json, "text", event.text);
  append_json_member(json, "time", wire::rfc3339(event.id.milliseconds));
  if (!event.author.empty()) append_json_member(json, "author", event.author);
  std::string_view text = event.text;
  if (event.kind == EventKind::kTopic) {
    append_json_member(json, "kind", "topic");
  } else if (is_action(text)) {
    append_json_member(json, "kind", "action");
    text.remove_prefix(kAction.size());
  }
  append_html(json, text);
  json += '}';
  return json;
}

wire::Frame render(const Event& event, Dialect dialect) {
  switch (dialect) {
    case Dialect::kLegacy:
      return wire::Frame::of(wire::event_payload(event_name(event, dialect), event.id, legacy_json(event)));
    case Dialect::kV1:
      return wire::Frame::of(wire::event_payload(event_name(event, dialect), event.id, message_json(event)));
  }
  return wire::Frame::of("");
}

RenderedEvent render(const Event& event) {
  return {.id = event.id,
          .room = event.room,
          .frames = {render(event, Dialect::kLegacy), render(event, Dialect::kV1)}};
}

}  // namespace tinychat::room
