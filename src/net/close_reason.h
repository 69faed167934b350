// Why a connection ended. Each close has one reason, which is counted and logged once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/metrics.h"

namespace tinychat::net {

enum class CloseReason : std::uint8_t {
  kPeerClosed,     // the peer hung up
  kPeerFailed,     // the socket reported an error
  kAnswered,       // the last answer of the connection was sent
  kRefused,        // what came was no request we take
  kHeadTimeout,    // a request's head took too long
  kBodyTimeout,    // a request's body took too long
  kIdle,           // kept alive for nothing
  kResponseStall,  // the peer did not take its answer
  kAbandoned,      // a handler gave no answer
  kStreamStall,    // a subscriber took nothing for too long
  kLifetime,       // a stream was old enough to be moved on
  kTurnedAway,     // no room for one more stream
  kGaveWay,        // idle, and its place was needed
  kOverLimit,      // too many connections, in all or of its address
  kOverBudget,     // too much would have to be held for it
  kUnreadable,     // the journal could not be read for it
  kChatty,         // a subscriber that kept sending
  kRevoked,        // its subscriber has lost the right to it
  kStopping,       // the server goes down
};
inline constexpr std::size_t kCloseReasons = static_cast<std::size_t>(CloseReason::kStopping) + 1;

// Stable, kebab-case.
[[nodiscard]] std::string_view name_of(CloseReason reason);

// What has ended: a connection that carried requests, or a stream.
enum class Closed : std::uint8_t { kConnection, kStream };

// One per shard; written by its thread, read by any.
class CloseCounters {
 public:
  // Counts and logs (at debug level).
  void closed(CloseReason reason, Closed what);
  [[nodiscard]] std::uint64_t count(CloseReason reason, Closed what) const {
    return counts_[static_cast<std::size_t>(what)][static_cast<std::size_t>(reason)].get();
  }
  // Of both kinds together.
  [[nodiscard]] std::uint64_t count(CloseReason reason) const {
    return count(reason, Closed::kConnection) + count(reason, Closed::kStream);
  }

 private:
  std::array<std::array<Counter, kCloseReasons>, 2> counts_;
};

}  // namespace tinychat::net
