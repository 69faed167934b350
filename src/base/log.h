// The program's own log, on standard error. Any thread.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tinychat {

void set_log_level(LogLevel least);
[[nodiscard]] bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view message);

}  // namespace tinychat
