#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>

#include "base/metrics.h"
#include "base/repeat_filter.h"

namespace tinychat {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuietInterval = 10s;

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

LogFormat chosen_format = LogFormat::kText;

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_logger_mt("tinychat");
    made->set_pattern(kTextPattern, spdlog::pattern_time_type::utc);
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

std::array<SharedCounter, 4> lines;

struct Repeats {
  std::mutex mutex;
  RepeatFilter filter{kQuietInterval};
  // Whether the filter is worth a look: set under the mutex, read without; a late look does no harm.
  std::atomic<bool> holds_any{false};
};

Repeats& repeats() {
  static Repeats instance;
  return instance;
}

void write(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  if (!log_enabled(level)) return;
  logger().log(
      spdlog_level(level), "{}",
      chosen_format == LogFormat::kJson ? json_log_text(message, fields) : plain_log_text(message, fields));
}

}  // namespace

void set_log_format(LogFormat format) {
  chosen_format = format;
  logger().set_pattern(format == LogFormat::kJson ? kJsonPattern : kTextPattern,
                       spdlog::pattern_time_type::utc);
}

void set_log_level(LogLevel least) { logger().set_level(spdlog_level(least)); }

bool log_enabled(LogLevel level) { return logger().should_log(spdlog_level(level)); }

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  lines[static_cast<std::size_t>(level)].add();
  write(level, message, fields);
}

void log_repeating(std::string_view kind, LogLevel level, std::string_view message) {
  lines[static_cast<std::size_t>(level)].add();
  if (!log_enabled(level)) return;
  std::optional<std::string> text;
  {
    const std::scoped_lock lock(repeats().mutex);
    text = repeats().filter.admit(kind, level, message, std::chrono::steady_clock::now());
    repeats().holds_any.store(true, std::memory_order_relaxed);
  }
  if (text) write(level, *text, {});
}

void log_what_was_held_back() {
  if (!repeats().holds_any.load(std::memory_order_relaxed)) return;
  std::vector<RepeatFilter::Line> due;
  {
    const std::scoped_lock lock(repeats().mutex);
    due = repeats().filter.take_due(std::chrono::steady_clock::now());
    repeats().holds_any.store(repeats().filter.holds_any(), std::memory_order_relaxed);
  }
  for (const auto& [level, message] : due) write(level, message, {});
}

void log_everything_held_back() {
  std::vector<RepeatFilter::Line> held;
  {
    const std::scoped_lock lock(repeats().mutex);
    held = repeats().filter.take_all();
  }
  for (const auto& [level, message] : held) write(level, message, {});
}

std::uint64_t lines_logged(LogLevel level) { return lines[static_cast<std::size_t>(level)].get(); }

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "error";
}

}  // namespace tinychat
