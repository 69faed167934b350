#include "net/close_reason.h"

#include <string>

#include "base/log.h"

namespace tinychat::net {
namespace {

constexpr std::array<std::string_view, kCloseReasons> kNames = {
    "peer-closed", "peer-failed",    "answered",    "refused",      "head-timeout", "body-timeout",
    "idle",        "response-stall", "abandoned",   "stream-stall", "lifetime",     "turned-away",
    "gave-way",    "over-limit",     "over-budget", "unreadable",   "chatty",       "stopping",
};

}  // namespace

std::string_view name_of(CloseReason reason) { return kNames[static_cast<std::size_t>(reason)]; }

void CloseCounters::closed(CloseReason reason, std::string_view what) {
  ++counts_[static_cast<std::size_t>(reason)];
  if (!log_enabled(LogLevel::kDebug)) return;
  log(LogLevel::kDebug, std::string(what).append(" closed: ").append(name_of(reason)));
}

}  // namespace tinychat::net
