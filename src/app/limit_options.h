// The options that bound what clients may use, as they are written. (Their names, units and ranges alone;
// what they mean is in base/limits.h.)
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>

#include "app/options.h"
#include "base/limits.h"

namespace tinychat::app {

struct RawLimits {
  std::size_t message_bytes_max = limits::kTextBytesDefault;
  std::size_t connections_max = 0;
  std::size_t connections_per_address_max = limits::kConnectionsPerAddressDefault;
  std::size_t streams_max = 0;
  std::size_t streams_per_user_max = limits::kStreamsPerUserDefault;
  std::uint32_t stream_lifetime_seconds = 600;
  std::uint32_t heartbeat_seconds = 15;
  std::uint64_t rooms_max = limits::kRoomsMaxDefault;
  std::size_t held_mebibytes_max = limits::kHeldBytesDefault / 1024 / 1024;
  double requests_per_address = limits::kRequestsPerAddressDefault;
  double messages_per_address = limits::kMessagesPerAddressDefault;
  double messages_per_user = limits::kMessagesPerUserDefault;
  double messages_per_room = limits::kMessagesPerRoomDefault;
  double new_users_per_minute = limits::kNewUsersPerMinuteDefault;
  double wrong_secrets_per_minute = limits::kWrongSecretsPerMinuteDefault;
};

void describe_limits(CLI::App& cli, RawLimits& raw);

[[nodiscard]] Limits refine(const RawLimits& raw);

}  // namespace tinychat::app
