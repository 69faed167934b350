#include "wire/sse.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/assert.h"

namespace tinychat::wire {

Frame Frame::of(std::string_view payload) {
  TINYCHAT_ASSERT(!payload.empty());
  std::array<char, 2 * sizeof(std::size_t)> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), payload.size(), 16);
  const std::string_view length(digits.data(), static_cast<std::size_t>(end - digits.data()));

  std::string bytes;
  bytes.reserve(length.size() + payload.size() + 4);
  bytes.append(length).append("\r\n").append(payload).append("\r\n");
  return Frame(std::move(bytes), length.size() + 2, payload.size());
}

std::string event_payload(std::string_view name, std::optional<EventId> id, std::string_view data) {
  TINYCHAT_ASSERT(name.empty() || valid_event_name(name));
  std::string out;
  out.reserve(name.size() + data.size() + 80);
  if (id) out.append("id: ").append(to_string(*id)).append("\n");
  if (!name.empty()) out.append("event: ").append(name).append("\n");
  const bool is_one_line =
      data.find('\n') == std::string_view::npos && data.find('\r') == std::string_view::npos;
  for (;;) {
    const auto end = is_one_line ? std::string_view::npos : data.find_first_of("\r\n");
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  out.append("\n");
  return out;
}

bool valid_event_name(std::string_view name) {
  using namespace std::string_view_literals;
  return !name.empty() && name != "open" && name != "error" &&
         name.find_first_of("\r\n\0"sv) == std::string_view::npos;
}

std::string retry_line(std::chrono::milliseconds time) {
  TINYCHAT_ASSERT(time.count() >= 0);
  return "retry: " + std::to_string(time.count()) + '\n';
}

Frame heartbeat_frame() { return Frame::of(":\n"); }

}  // namespace tinychat::wire
