// Where a Redis is and who we are there, as a URL says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tinychat::redis {

struct Endpoint {
  enum class Kind : std::uint8_t { kTcp, kTls, kUnix };
  Kind kind = Kind::kTcp;
  std::string host;  // a name, an address, or (kUnix) a path
  std::uint16_t port = 6379;
  std::string user;      // empty: Redis' own default
  std::string password;  // empty: none
  std::uint32_t database = 0;
};

// `redis://[[user]:password@]host[:port][/database]`, `rediss://…` (TLS), `unix:/path[?db=N]`,
// `unix://[[user]:password@]/path[?db=N]`. User and password are percent-decoded. Error: kUsage, without
// the password in it.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view url);

// For messages: as a URL, without user and password.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

// For people who are to write it again: the whole URL, where a password is the word PASSWORD.
[[nodiscard]] std::string url_without_password(const Endpoint& endpoint);

}  // namespace tinychat::redis
