// What owners did, in Redis, the same for every node.
#pragma once

#include <memory>

#include "journal/audit.h"
#include "journal/redis_site.h"

namespace tinychat::journal {

std::unique_ptr<Audit> make_redis_audit(SharedSite site);

}  // namespace tinychat::journal
