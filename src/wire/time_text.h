// Points of time as text, always UTC, whatever the locale.
#pragma once

#include <cstdint>
#include <string>

namespace tinychat::wire {

// RFC 3339 with milliseconds: `2013-02-22T20:24:54.123Z`. Years end at 9999: a later time is written as
// the last millisecond of that year.
[[nodiscard]] std::string rfc3339(std::uint64_t utc_milliseconds);

// RFC 9110, 5.6.7, IMF-fixdate: `Fri, 22 Feb 2013 20:24:54 GMT`. Years end at 9999 here too.
[[nodiscard]] std::string http_date(std::uint64_t utc_seconds);

}  // namespace tinychat::wire
