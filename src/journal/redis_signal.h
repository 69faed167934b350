// Signals as they travel between nodes: objects of strings, published to a channel.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "room/signal.h"

namespace tinychat::journal {

[[nodiscard]] std::string signal_payload(const room::SignalText& signal);

// nullopt: it is none, or would do harm in a stream.
[[nodiscard]] std::optional<room::SignalText> read_signal(std::string_view payload);

}  // namespace tinychat::journal
