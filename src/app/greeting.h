// What the program says when it is up.
#pragma once

#include <cstdint>
#include <string>

#include "app/door.h"
#include "app/options.h"

namespace tinychat::app {

// `admin_port`: of the operator's listener; 0: there is none. `invitation`: where the door is closed.
[[nodiscard]] std::string greeting(const Options& options, std::uint16_t port, std::uint16_t admin_port = 0,
                                   const Invitation& invitation = {});

}  // namespace tinychat::app
