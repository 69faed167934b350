// The program's own log, on standard error: a line for each event that is worth a person's time, and none for
// each message. What people write, tokens and cookies are never in it. Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/log_text.h"
#include "base/result.h"

namespace tinychat {

enum class LogFormat : std::uint8_t { kText, kJson };

// Before other threads are started.
void set_log_format(LogFormat format);
void set_log_level(LogLevel least);

[[nodiscard]] bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// For what can come again and again, as refusals and a full disk do: the first of a kind at once, then one
// line for all that came within some seconds. `kind` is one of few.
void log_repeating(std::string_view kind, LogLevel level, std::string_view message);
// Call it about once a second.
void log_what_was_held_back();
// Once, at the end.
void log_everything_held_back();

// Warnings and errors, also those that were held back.
[[nodiscard]] std::uint64_t lines_logged(LogLevel level);

[[nodiscard]] std::string_view name_of(LogLevel level);

}  // namespace tinychat
