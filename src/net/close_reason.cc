#include "net/close_reason.h"

#include "base/log.h"

namespace tinychat::net {
namespace {

constexpr std::array<std::string_view, kCloseReasons> kNames = {
    "peer-closed",    "peer-failed", "answered",     "refused",  "head-timeout", "body-timeout", "idle",
    "response-stall", "abandoned",   "stream-stall", "lifetime", "turned-away",  "gave-way",     "over-limit",
    "over-budget",    "unreadable",  "chatty",       "revoked",  "stopping",
};

}  // namespace

std::string_view name_of(CloseReason reason) { return kNames[static_cast<std::size_t>(reason)]; }

void CloseCounters::closed(CloseReason reason, Closed what) {
  counts_[static_cast<std::size_t>(what)][static_cast<std::size_t>(reason)].add();
  if (!log_enabled(LogLevel::kDebug)) return;
  log(LogLevel::kDebug, what == Closed::kStream ? "stream closed" : "connection closed",
      {{"reason", name_of(reason)}});
}

}  // namespace tinychat::net
