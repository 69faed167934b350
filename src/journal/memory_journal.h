// The journal in this process' memory: as fast as it gets, and gone with the process.
#pragma once

#include <memory>

#include "base/event_id.h"
#include "journal/embedded_journal.h"

namespace tinychat::journal {

std::unique_ptr<EmbeddedJournal> make_memory_journal(EventId origin, Retention retention);

}  // namespace tinychat::journal
