#include "room/signal.h"

#include <optional>

#include "wire/json_writer.h"

namespace tinychat::room {

using wire::append_json_member;

Frames render_presence(PresenceChange change, std::string_view room, const Person& person) {
  const std::string_view event = change == PresenceChange::kJoined ? "userJoined" : "userLeft";
  // The page of 2013 puts the name into its HTML as it is.
  std::string legacy = R"({"username":)";
  wire::append_html_escaped_json_string(legacy, person.name);
  std::string v1;
  append_json_member(v1, "room", room);
  append_json_member(v1, "username", person.name);
  if (!person.id.empty()) append_json_member(v1, "user", person.id);
  return {render_signal(event, legacy + '}'), render_signal(event, v1 + '}')};
}

wire::Frame render_typing(std::string_view room, const Person& user) {
  std::string json;
  append_json_member(json, "room", room);
  append_json_member(json, "user", user.id);
  append_json_member(json, "username", user.name);
  return render_signal("typing", json + '}');
}

wire::Frame render_renamed(std::string_view room, const Person& user, std::string_view previous) {
  std::string json;
  append_json_member(json, "room", room);
  append_json_member(json, "user", user.id);
  append_json_member(json, "username", user.name);
  append_json_member(json, "previous", previous);
  return render_signal("userRenamed", json + '}');
}

wire::Frame render_signal(std::string_view event, std::string_view json) {
  return wire::Frame::of(wire::event_payload(event, std::nullopt, json));
}

}  // namespace tinychat::room
