// What the program was asked to do: flags over environment over configuration file over defaults.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/rate_limits.h"
#include "app/commands.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/sqlite_journal.h"
#include "net/socket.h"
#include "redis/endpoint.h"
#include "room/rights.h"
#include "wire/ip_address.h"

namespace tinychat::app {

enum class JournalKind : std::uint8_t { kSqlite, kMemory, kRedis };

// What clients may use of the server. 0: without a limit, but where something else is said.
struct Limits {
  std::size_t message_bytes_max = limits::kTextBytesDefault;
  std::size_t connections_max = 0;  // 0: what the descriptor limit leaves room for
  std::size_t connections_per_address_max = limits::kConnectionsPerAddressDefault;
  std::size_t streams_max = 0;  // 0: what the descriptor limit leaves room for
  std::size_t streams_per_user_max = limits::kStreamsPerUserDefault;
  std::chrono::seconds stream_lifetime{limits::kStreamLifetimeDefault};
  std::chrono::seconds heartbeat{limits::kHeartbeatInterval};
  std::size_t held_bytes_max = limits::kHeldBytesDefault;
  api::RateLimits::Rates rates;
};

struct Options {
  std::string host;  // default: this machine alone; with PORT from the environment, every interface
  std::uint16_t port = 8080;
  std::filesystem::path data = "./data";
  JournalKind journal = JournalKind::kSqlite;
  journal::Durability durability = journal::Durability::kFsync;
  journal::Retention retention;
  redis::Endpoint redis;                 // if the journal is there
  bool is_redis_in_environment = false;  // which every command reads
  std::string redis_prefix = "tinychat:";
  std::size_t shards = 0;  // 0 until it is known: one per core
  std::vector<std::string> allowed_origins;
  std::vector<wire::Subnet> trusted_proxies;
  Limits limits;
  std::chrono::seconds drain{limits::kDrainWindow};
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  std::optional<room::Door> door;      // none: by the address that is listened on, see door_of()
  std::optional<net::Endpoint> admin;  // where numbers are shown; nowhere by default
};

// --help, --version: print this and end well.
struct JustPrint {
  std::string text;
};

// A command about who is let in, and what says where that is kept.
struct DoorRequest {
  DoorCommand command;
  Options options;
};

using Asked = std::variant<Options, JustPrint, Command, DoorRequest>;

// Reads arguments and environment. Error: kUsage with one line that says what is wrong and what to do.
Result<Asked> read_options(int argc, const char* const* argv);

}  // namespace tinychat::app
