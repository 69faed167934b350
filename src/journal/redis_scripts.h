// What Redis does for us in one piece each: Lua scripts, run by digest.
#pragma once

#include "journal/once_script.h"
#include "redis/script.h"

namespace tinychat::journal {

struct RedisScripts {
  redis::Script open;
  redis::Script publish;
  redis::Script read;
  redis::Script rooms;
  redis::Script trim;
  redis::Script erase;
  redis::Script look;
  redis::Script mark_reset;
};

// redis_presence_scripts.cc
struct RedisPresenceScripts {
  redis::Script join;
  redis::Script leave;
  redis::Script sweep;
  redis::Script rename;
  redis::Script attendance;
};

// redis_people_scripts.cc
struct RedisPeopleScripts {
  redis::Script add;
  redis::Script visit;
  redis::Script rename;
  redis::Script sessions;
  OnceScript end_session;
  redis::Script change;
  redis::Script set_role;
  redis::Script standings;
};

// redis_passes_scripts.cc
struct RedisPassesScripts {
  OnceScript add_token;
  redis::Script find_token;
  redis::Script tokens;
  OnceScript revoke_token;
  OnceScript use_link;
  OnceScript block;
  OnceScript note;
};

// redis_room_register_scripts.cc
struct RedisRoomRegisterScripts {
  redis::Script make;
  redis::Script make_direct;
  redis::Script look;
  redis::Script members;
  redis::Script add_member;
  redis::Script remove_member;
  redis::Script change_room;
};

[[nodiscard]] const RedisScripts& redis_scripts();
[[nodiscard]] const RedisPresenceScripts& redis_presence_scripts();
[[nodiscard]] const RedisPeopleScripts& redis_people_scripts();
[[nodiscard]] const RedisPassesScripts& redis_passes_scripts();
[[nodiscard]] const RedisRoomRegisterScripts& redis_room_register_scripts();

}  // namespace tinychat::journal
