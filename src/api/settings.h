// What the answers depend on besides the request. Immutable, shared by all shards; outlives them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/keyed_count.h"
#include "base/limits.h"
#include "base/readiness.h"
#include "room/rights.h"
#include "wire/ip_address.h"

namespace tinychat::api {

class RateLimits;

struct Settings {
  // Origins whose pages may read the answers (`https://chat.example`), exactly as browsers send them;
  // `*` stands for all.
  std::vector<std::string> allowed_origins;
  // Of one message; at most limits::kTextBytesCeiling.
  std::size_t text_bytes_max = limits::kTextBytesDefault;
  std::string version;
  // What /readyz says; none: always ready. It outlives the settings.
  const Readiness* readiness = nullptr;
  const Clock* clock = nullptr;
  // Peers whose X-Forwarded-For is believed.
  std::vector<wire::Subnet> trusted_proxies = {};
  // Closed: only members and tokens are let in.
  room::Door door = room::Door::kOpen;
  // None: no limits. They outlive the settings.
  RateLimits* rate_limits = nullptr;
  KeyedCount* connections = nullptr;  // by wire::host_key()
  KeyedCount* streams_of_users = nullptr;
};

}  // namespace tinychat::api
