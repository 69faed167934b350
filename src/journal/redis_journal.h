// The journal in Redis, shared by all nodes of a deployment.
//
// One script does all of a publish, so that ids, idempotency keys, the log and the rooms' own streams agree
// whatever happens; a round of publishes is sent together and acknowledged by the replies. What was sent and
// not answered is looked for in the log before it is sent again, under the protection of an epoch: commands
// of a connection that was given up are refused, also if they arrive later.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "journal/engine.h"
#include "redis/endpoint.h"

namespace tinychat::journal {

struct RedisOptions {
  redis::Endpoint endpoint;
  std::string prefix = "tinychat:";
  Retention retention;
  // The id of the next entry, as XADD takes it; empty: Redis' own clock. A test's way to ids it can name.
  std::function<std::string()> next_id;
};

// Waits up to limits::kRedisStartTimeout for a Redis that cannot be reached or is loading its data, and says
// so in the log. Errors: kUsage with one line. The parts are independent of each other.
Result<Engine> open_redis_engine(const RedisOptions& options);

}  // namespace tinychat::journal
