// The people in this process' memory: gone with the process.
#pragma once

#include <memory>

#include "journal/people.h"

namespace tinychat::journal {

std::unique_ptr<People> make_memory_people();

}  // namespace tinychat::journal
