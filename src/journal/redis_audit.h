// What owners did, in Redis, the same for every node.
#pragma once

#include <memory>

#include "journal/audit.h"
#include "journal/redis_part.h"

namespace tinychat::journal {

std::unique_ptr<Audit> make_redis_audit(RedisPart redis);

}  // namespace tinychat::journal
