// Where the operator's listener is, as --admin says it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "net/socket.h"

namespace tinychat::app {

// `127.0.0.1:9090`, `[::1]:9090`, `localhost:9090`, `*:9090`, or a port alone, which means this machine.
// Error: kUsage.
[[nodiscard]] Result<net::Endpoint> parse_admin_endpoint(std::string_view text);

}  // namespace tinychat::app
