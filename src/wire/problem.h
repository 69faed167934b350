// Problem details (RFC 9457): what an error looks like to a client.
#pragma once

#include <string>

#include "base/result.h"

namespace tinychat::wire {

struct Problem {
  int status;
  std::string type_name;  // the last part of the type's URN
  std::string title;
  std::string detail;
};

// By the one table of base/result.h. A detail that is not for clients is replaced by a sentence that
// tells nothing of the inside.
[[nodiscard]] Problem problem_of(const Error& error);

// The body of an answer of type application/problem+json.
[[nodiscard]] std::string to_json(const Problem& problem);

}  // namespace tinychat::wire
