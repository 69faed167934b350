// What is counted over the whole program and happens seldom: limits that were hit, and answers that were
// errors. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace tinychat {

// What was refused, closed or put off because there would have been too much of it. One name for each limit
// that a person may want to set otherwise, or that tells of an attack.
enum class Limit : std::uint8_t {
  kStreams,                // subscribers in all: told to come back later
  kWriterQueue,            // publishes waiting to be stored: 503
  kShardQueue,             // a batch passed a shard by: its streams read it in the journal
  kReadQueue,              // questions to the journal: 503, or asked again a second later
  kPeopleQueue,            // questions about people: 503
  kConnections,            // connections in all
  kConnectionsPerAddress,  // connections of one address
  kStreamsPerUser,         // streams of one user
  kRequestsPerAddress,     // requests of one address: 429
  kNewUsersPerAddress,     // guests that come from one address: 429
  kWrongSecrets,           // wrong cookies, tokens and links of one address: 429
  kMessagesPerUser,        // messages of one user: 429
  kMessagesPerAddress,     // messages of one address: 429
  kMessagesPerRoom,        // messages to one room: 429
  kRooms,                  // rooms in all
  kMemory,                 // bytes held in memory
  kDescriptors,            // file descriptors: connections wait to be accepted
};
inline constexpr std::size_t kLimits = static_cast<std::size_t>(Limit::kDescriptors) + 1;

// Stable, kebab-case.
[[nodiscard]] std::string_view name_of(Limit limit);

void limit_hit(Limit limit);
[[nodiscard]] std::uint64_t hits_of(Limit limit);

void error_answered(Code code);
[[nodiscard]] std::uint64_t answers_with(Code code);

}  // namespace tinychat
