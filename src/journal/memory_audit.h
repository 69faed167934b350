// What owners did, in this process' memory: gone with the process.
#pragma once

#include <memory>

#include "journal/audit.h"

namespace tinychat::journal {

std::unique_ptr<Audit> make_memory_audit();

}  // namespace tinychat::journal
