// How many descriptors the program may have.
#pragma once

#include <cstddef>

namespace tinychat::app {

// Takes all that the system allows (the hard limit).
void raise_descriptor_limit();

// Streams there is room for, after what the program itself and its request connections need.
[[nodiscard]] std::size_t streams_within_descriptor_limit();

// Connections of any kind there is room for, after what the program itself needs: so descriptors do not run
// out.
[[nodiscard]] std::size_t connections_within_descriptor_limit();

}  // namespace tinychat::app
