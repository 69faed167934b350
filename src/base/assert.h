// An assertion is for programmers' errors, stays on in release, and is never reachable from input.
#pragma once

namespace tinychat {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace tinychat

#define TINYCHAT_ASSERT(expression) \
  (static_cast<bool>(expression) ? void(0) : ::tinychat::assertion_failed(#expression, __FILE__, __LINE__))
