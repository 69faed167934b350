// A journal with what belongs to it.
#pragma once

#include <memory>

#include "journal/journal.h"
#include "journal/people.h"
#include "journal/shared_log.h"

namespace tinychat::journal {

struct Engine {
  std::unique_ptr<Journal> journal;
  // Where several nodes share the journal; else none.
  std::unique_ptr<LogTail> tail;
  std::unique_ptr<SharedPresence> presence;
  std::unique_ptr<People> people;
};

}  // namespace tinychat::journal
