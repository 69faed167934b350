#include "journal/audit.h"

namespace tinychat::journal {

Error no_such_place() {
  return {Code::kUnprocessable, "`before` is not what an earlier answer gave; leave it out to begin anew."};
}

}  // namespace tinychat::journal
