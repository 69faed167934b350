// What the command line does about who is let in: links, tokens, people. It works on what the server keeps,
// also while it runs; the server notices within seconds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/result.h"
#include "journal/people.h"

namespace tinychat::app {

// Opens what the options name. Errors: kUsage and those of the storage; nothing was changed.
Result<CommandOutcome> run(const DoorRequest& request, const Clock& clock);

// The same on people that are open.
Result<CommandOutcome> run(const DoorRequest& request, journal::People& people, const Clock& clock);

}  // namespace tinychat::app
