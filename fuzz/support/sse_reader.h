// Reads an event stream as the standard says (WHATWG HTML, "Interpreting an event stream"), to see whether
// what the program wrote means what it was to mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tinychat::fuzz {

struct SseEvent {
  std::string name;
  std::string data;
  std::string last_id;
  bool has_id = false;
};

// What an EventSource would dispatch. An event that is not ended by its empty line is none.
[[nodiscard]] std::vector<SseEvent> read_events(std::string_view stream);

}  // namespace tinychat::fuzz
