// Titles, locks and members of rooms in memory.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "journal/passes.h"
#include "journal/room_register.h"

namespace tinychat::journal {

struct User;

// nullptr: there is no such user.
using FindUser = std::function<const User*(std::string_view id)>;

// `passes` is told of revocations, and outlives it.
std::unique_ptr<RoomRegister> make_memory_room_register(FindUser find_user, Passes& passes);

}  // namespace tinychat::journal
