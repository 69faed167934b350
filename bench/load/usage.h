// What a server process, with the processes it started, has used: as the kernel accounts for it.
#pragma once

#include "load/common.h"

namespace tinychat::bench {

// User and system time of all threads.
[[nodiscard]] Nanoseconds cpu_time(int pid);

// Proportional set size: the memory of user space, shared pages counted in parts.
[[nodiscard]] double pss_kibibytes(int pid);

}  // namespace tinychat::bench
