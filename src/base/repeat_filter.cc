#include "base/repeat_filter.h"

namespace tinychat {
namespace {

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace

std::optional<std::string> RepeatFilter::admit(std::string_view kind, LogLevel level,
                                               std::string_view message, SteadyTime now) {
  auto entry = kinds_.find(kind);
  if (entry == kinds_.end()) entry = kinds_.emplace(kind, Kind{}).first;
  Kind& of = entry->second;
  of.level = level;
  if (of.quiet_until > now) {
    ++of.held;
    of.last = message;
    return std::nullopt;
  }
  std::string text(message);
  if (of.held > 0) {
    ++of.held;
    of.last = message;
    text = told_together(of);
  }
  of = {.quiet_until = now + interval_, .held = 0, .level = level, .last = {}};
  return text;
}

std::string RepeatFilter::told_together(const Kind& kind) {
  if (kind.held == 1) return kind.last;
  return kind.last + " (and " + grouped(kind.held - 1) + " more like it)";
}

std::vector<RepeatFilter::Line> RepeatFilter::take_due(SteadyTime now) {
  std::vector<Line> lines;
  for (auto entry = kinds_.begin(); entry != kinds_.end();) {
    Kind& kind = entry->second;
    if (kind.quiet_until > now) {
      ++entry;
    } else if (kind.held == 0) {
      entry = kinds_.erase(entry);
    } else {
      lines.push_back({kind.level, told_together(kind)});
      kind.held = 0;
      kind.quiet_until = now + interval_;
      ++entry;
    }
  }
  return lines;
}

std::vector<RepeatFilter::Line> RepeatFilter::take_all() {
  std::vector<Line> lines;
  for (const auto& [name, kind] : kinds_) {
    if (kind.held > 0) lines.push_back({kind.level, told_together(kind)});
  }
  kinds_.clear();
  return lines;
}

}  // namespace tinychat
