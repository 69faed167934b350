// Variables of the environment that are meant for this process alone: once read they are gone, so that no
// child takes them for its own. Before any thread is started.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tinychat::app {

// None: not there, or empty.
[[nodiscard]] std::optional<std::string> take_environment(const char* name);
// None, too, if it is no number.
[[nodiscard]] std::optional<std::uint64_t> take_environment_number(const char* name);

}  // namespace tinychat::app
