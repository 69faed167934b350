#include "app/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace tinychat::app {
namespace {

// The journal, the log, epoll sets and rings.
constexpr std::size_t kOwn = 96;
// Connections that publish and read have places that streams do not take.
constexpr std::size_t kRequestConnections = 160;
constexpr std::size_t kAtLeast = 64;
constexpr std::size_t kAtMost = 4'000'000;

std::size_t without(std::size_t reserved) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kAtLeast;
  const std::size_t descriptors = std::min<std::size_t>(limit.rlim_cur, kAtMost);
  return descriptors > reserved + kAtLeast ? descriptors - reserved : kAtLeast;
}

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // Refused: the program works with what it has.
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t streams_within_descriptor_limit() { return without(kOwn + kRequestConnections); }

std::size_t connections_within_descriptor_limit() { return without(kOwn); }

}  // namespace tinychat::app
