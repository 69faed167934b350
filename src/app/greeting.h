// What the program says when it is up.
#pragma once

#include <cstdint>
#include <string>

#include "app/options.h"

namespace tinychat::app {

[[nodiscard]] std::string greeting(const Options& options, std::uint16_t port);

}  // namespace tinychat::app
