// What the answers depend on besides the request. Immutable, shared by all shards; outlives them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"

namespace tinychat::api {

struct Settings {
  // Origins whose pages may read the answers (`https://chat.example`), exactly as browsers send them;
  // `*` stands for all.
  std::vector<std::string> allowed_origins;
  // Of one message; at most limits::kTextBytesCeiling.
  std::size_t text_bytes_max = limits::kTextBytesDefault;
  std::string version;
  const Clock* clock = nullptr;
};

}  // namespace tinychat::api
