// Addresses that are refused, in Redis, the same for every node.
#pragma once

#include <memory>

#include "journal/address_blocks.h"
#include "journal/redis_part.h"

namespace tinychat::journal {

std::unique_ptr<AddressBlocks> make_redis_address_blocks(RedisPart redis);

}  // namespace tinychat::journal
