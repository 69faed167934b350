// Titles, locks and members of rooms in Redis, the same for every node.
#pragma once

#include <memory>

#include "journal/redis_part.h"
#include "journal/room_register.h"

namespace tinychat::journal {

std::unique_ptr<RoomRegister> make_redis_room_register(RedisPart redis);

}  // namespace tinychat::journal
