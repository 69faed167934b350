#include "journal/redis_signal.h"

#include <algorithm>

#include "base/limits.h"
#include "wire/json.h"
#include "wire/json_writer.h"

namespace tinychat::journal {

std::string signal_payload(const room::SignalText& signal) {
  std::string json;
  if (signal.user.empty()) {
    wire::append_json_member(json, "room", signal.room);
  } else {
    wire::append_json_member(json, "user", signal.user);
  }
  wire::append_json_member(json, "event", signal.event);
  wire::append_json_member(json, "data", signal.json);
  return json + '}';
}

std::optional<room::SignalText> read_signal(std::string_view payload) {
  if (payload.size() > 2 * limits::kEventBytesMax) return std::nullopt;
  auto members = wire::parse_json_object(payload);
  if (!members) return std::nullopt;
  room::SignalText signal;
  for (auto& member : *members) {
    const auto& name = member.name;
    auto& text = member.text;
    if (!text) continue;
    if (name == "room") signal.room = std::move(*text);
    if (name == "user") signal.user = std::move(*text);
    if (name == "event") signal.event = std::move(*text);
    if (name == "data") signal.json = std::move(*text);
  }
  const bool has_name = !signal.event.empty() && std::ranges::all_of(signal.event, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  const bool is_one_line = !signal.json.empty() && signal.json.find_first_of("\r\n") == std::string::npos &&
                           signal.json.size() <= limits::kMessageJsonBytesMax;
  if (!has_name || !is_one_line || signal.room.empty() == signal.user.empty()) return std::nullopt;
  return signal;
}

}  // namespace tinychat::journal
