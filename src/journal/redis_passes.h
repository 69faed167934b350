// Tokens and links in Redis, the same for every node.
#pragma once

#include <memory>

#include "journal/passes.h"
#include "journal/redis_part.h"

namespace tinychat::journal {

std::unique_ptr<Passes> make_redis_passes(RedisPart redis);

}  // namespace tinychat::journal
