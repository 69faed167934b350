// What every part of the load generator uses.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace tinychat::bench {

// A run that went wrong has no numbers: it says what happened and ends the program.
[[noreturn]] inline void fail_run(const std::string& what) {
  std::fprintf(stderr, "bench_load: %s\n", what.c_str());
  std::_Exit(1);
}

using Nanoseconds = std::uint64_t;

inline Nanoseconds now() {
  return static_cast<Nanoseconds>(std::chrono::steady_clock::now().time_since_epoch().count());
}

inline constexpr Nanoseconds kSecond = 1'000'000'000;
inline constexpr Nanoseconds kMillisecond = 1'000'000;

inline double in_seconds(Nanoseconds time) { return static_cast<double>(time) / 1e9; }

}  // namespace tinychat::bench
