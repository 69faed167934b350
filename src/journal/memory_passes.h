// Tokens and links in this process' memory: gone with the process.
#pragma once

#include <memory>

#include "journal/passes.h"

namespace tinychat::journal {

std::unique_ptr<Passes> make_memory_passes();

}  // namespace tinychat::journal
