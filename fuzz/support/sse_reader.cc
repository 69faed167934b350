#include "fuzz/support/sse_reader.h"

#include <algorithm>

namespace tinychat::fuzz {
namespace {

void take_field(SseEvent& event, std::string_view line) {
  const auto colon = std::min(line.find(':'), line.size());
  const auto name = line.substr(0, colon);
  auto value = line.substr(std::min(line.size(), colon + 1));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "event") event.name = value;
  if (name == "data") event.data.append(value).append("\n");
  if (name == "id" && value.find('\0') == std::string_view::npos) {
    event.last_id = value;
    event.has_id = true;
  }
}

}  // namespace

std::vector<SseEvent> read_events(std::string_view stream) {
  std::vector<SseEvent> events;
  SseEvent event;
  while (!stream.empty()) {
    const auto end = stream.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    const auto line = stream.substr(0, end);
    stream.remove_prefix(stream.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    if (!line.empty()) {
      take_field(event, line);
      continue;
    }
    if (!event.data.empty()) {
      event.data.pop_back();
      events.push_back(event);
    }
    event = {};
  }
  return events;
}

}  // namespace tinychat::fuzz
