// How the program is, for those who watch it and those who send requests here.
#pragma once

#include "api/settings.h"
#include "net/http.h"

namespace tinychat::api {

// It runs: 200.
[[nodiscard]] net::Response health(const Settings& settings);

// Whether there is any use in sending requests here now: 200, or 503 with every reason.
[[nodiscard]] net::Response readiness(const Settings& settings);

}  // namespace tinychat::api
