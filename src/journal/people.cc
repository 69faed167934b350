#include "journal/people.h"

#include "base/limits.h"

namespace tinychat::journal {

Error too_many_memberships() {
  return {Code::kUnprocessable, "You have " + std::to_string(limits::kMembershipsMax) +
                                    " rooms open, which is as many as there can be; leave one first."};
}

Error no_such_user() { return {Code::kUnprocessable, "There is no such user any more; sign in again."}; }

Error last_owner() {
  return {Code::kUnprocessable, "They are the only owner; make somebody else an owner first."};
}

}  // namespace tinychat::journal
