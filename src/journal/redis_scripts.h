// What Redis does for us in one piece each: Lua scripts, run by digest.
#pragma once

#include "redis/script.h"

namespace tinychat::journal {

struct RedisScripts {
  redis::Script open;
  redis::Script publish;
  redis::Script read;
  redis::Script rooms;
  redis::Script trim;
  redis::Script look;
  redis::Script mark_reset;
  redis::Script presence;
  redis::Script sweep;
};

[[nodiscard]] const RedisScripts& redis_scripts();

}  // namespace tinychat::journal
