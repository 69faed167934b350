// What programs of the kind of 2013 publish to a room's channel, made a message.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "journal/shared_log.h"

namespace tinychat::journal {

// nullopt: it is one of ours (it has an `id`), which comes by the log. Error: it is no message, or the
// channel is no room. The text may come escaped for HTML, as the app of 2013 sends it, or as it is.
[[nodiscard]] Result<std::optional<OutsideMessage>> read_outside_message(std::string_view channel,
                                                                         std::string_view payload);

}  // namespace tinychat::journal
