#include "app/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace tinychat::app {
namespace {

// The journal, the log, epoll sets, and connections that publish and read.
constexpr std::size_t kReserved = 256;
constexpr std::size_t kStreamsAtLeast = 64;
constexpr std::size_t kStreamsAtMost = 4'000'000;

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // Refused: the program works with what it has.
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t streams_within_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kStreamsAtLeast;
  const std::size_t descriptors = std::min<std::size_t>(limit.rlim_cur, kStreamsAtMost);
  return descriptors > kReserved + kStreamsAtLeast ? descriptors - kReserved : kStreamsAtLeast;
}

}  // namespace tinychat::app
