// What the connections of all shards share and may use up.
#pragma once

#include <cstddef>

#include "base/byte_budget.h"
#include "base/keyed_count.h"

namespace tinychat::net {

// The defaults are without bounds. Any thread; outlives every shard.
struct Resources {
  Resources() = default;
  // The memory is shared out evenly, so that who fills one part takes nothing from the others.
  Resources(std::size_t connections_max, std::size_t connections_each_max, std::size_t bytes_max)
      : connections(connections_max, connections_each_max),
        requests(bytes_max / 4),
        answers(bytes_max / 4),
        queue(bytes_max / 4),
        streams(bytes_max / 4) {}

  // By wire::host_key() of the peer; peers on this machine are counted as nobody's.
  KeyedCount connections;
  ByteBudget requests;  // that have begun to arrive
  ByteBudget answers;   // that their peers do not take
  ByteBudget queue;     // messages on their way to the journal and from there to the shards
  ByteBudget streams;   // for those that are behind
};

}  // namespace tinychat::net
