// Answers that all resources give in the same way: problems (RFC 9457) and JSON.
#pragma once

#include <string>

#include "base/result.h"
#include "net/http.h"

namespace tinychat::api {

// What the error's code says about status, log and what the client may see is done here.
[[nodiscard]] net::Response problem_response(const Error& error);

[[nodiscard]] net::Response json_response(int status, std::string json);

[[nodiscard]] net::Response no_content();

}  // namespace tinychat::api
