// Connections of the load: from many addresses of the loopback network, so that ports do not run out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tinychat::bench {

// Begins to connect to 127.0.0.1:port, where somebody listens or the first use fails, from the `number`-th of
// our addresses; non-blocking. When it is closed, it is reset: nothing of it lingers into the next run.
[[nodiscard]] int open_connection(std::uint16_t port, std::uint32_t number);

// All of it, or the run ends: requests are small.
void send_request(int fd, std::string_view request);

// As many as the system allows; ends the run if that is less than `needed`.
void raise_descriptor_limit(std::size_t needed);

}  // namespace tinychat::bench
