// What the connections of all shards share and may use up.
#pragma once

#include "base/byte_budget.h"
#include "base/keyed_count.h"

namespace tinychat::net {

// The defaults are without bounds. Any thread; outlives every shard.
struct Resources {
  // By wire::host_key() of the peer; peers on this machine are counted as nobody's.
  KeyedCount connections;
  ByteBudget bytes;
};

}  // namespace tinychat::net
