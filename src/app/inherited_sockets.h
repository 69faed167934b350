// Listening sockets that whoever started the program holds, and hands to each new start of it: meanwhile
// connections wait, and none is refused (systemd's socket activation, sd_listen_fds(3)).
#pragma once

#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace tinychat::app {

// Takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment. Empty: there are none, and the
// program listens by itself. Error: kUsage with one line.
Result<std::vector<UniqueFd>> take_inherited_sockets();

}  // namespace tinychat::app
