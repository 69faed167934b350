#include "base/result.h"

#include <array>
#include <cstddef>

namespace tinychat {
namespace {

using enum LogLevel;

constexpr std::array kTable = {
    CodeInfo{"malformed", 400, "Malformed request", kDebug, true},
    CodeInfo{"unprocessable", 422, "Unprocessable content", kDebug, true},
    CodeInfo{"too-large", 413, "Content too large", kDebug, true},
    CodeInfo{"head-too-large", 431, "Request header fields too large", kDebug, true},
    CodeInfo{"target-too-long", 414, "URI too long", kDebug, true},
    CodeInfo{"unauthenticated", 401, "Unauthenticated", kDebug, true},
    CodeInfo{"forbidden", 403, "Forbidden", kDebug, true},
    CodeInfo{"too-many", 429, "Too many requests", kDebug, true},
    CodeInfo{"timeout", 408, "Request timeout", kDebug, true},
    CodeInfo{"not-found", 404, "Not found", kDebug, true},
    CodeInfo{"method-not-allowed", 405, "Method not allowed", kDebug, true},
    CodeInfo{"unsupported-media-type", 415, "Unsupported media type", kDebug, true},
    CodeInfo{"expectation-failed", 417, "Expectation failed", kDebug, true},
    CodeInfo{"not-implemented", 501, "Not implemented", kDebug, true},
    CodeInfo{"version-not-supported", 505, "HTTP version not supported", kDebug, true},
    CodeInfo{"overloaded", 503, "Service unavailable", kWarning, true},
    CodeInfo{"stopping", 503, "Service unavailable", kInfo, true},
    CodeInfo{"storage-full", 507, "Insufficient storage", kError, true},
    CodeInfo{"storage-failed", 503, "Service unavailable", kError, false},
    CodeInfo{"unavailable", 503, "Service unavailable", kDebug, true},
    CodeInfo{"usage", 500, "Wrong usage", kError, false},
};
static_assert(kTable.size() == static_cast<std::size_t>(Code::kUsage) + 1);

}  // namespace

const CodeInfo& info(Code code) { return kTable[static_cast<std::size_t>(code)]; }

}  // namespace tinychat
