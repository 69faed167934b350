#include "base/event_id.h"

#include <charconv>

namespace tinychat {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace

std::string to_string(EventId id) {
  return std::to_string(id.milliseconds) + '-' + std::to_string(id.sequence);
}

std::optional<EventId> parse_event_id(std::string_view text) {
  const auto dash = text.find('-');
  const auto milliseconds = parse_number(text.substr(0, dash));
  if (!milliseconds) return std::nullopt;
  if (dash == std::string_view::npos) return EventId{*milliseconds, 0};
  const auto sequence = parse_number(text.substr(dash + 1));
  if (!sequence) return std::nullopt;
  return EventId{*milliseconds, *sequence};
}

EventId EventIdSource::next(std::uint64_t now_milliseconds) {
  if (now_milliseconds > last_.milliseconds) {
    last_ = {now_milliseconds, 0};
  } else if (last_.sequence < kSequencesPerMillisecond - 1) {
    ++last_.sequence;
  } else {
    last_ = {last_.milliseconds + 1, 0};
  }
  return last_;
}

}  // namespace tinychat
