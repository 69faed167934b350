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

// Of a step that takes back one before it: who asked is told of that one.
void log_if_failed(const Result<bool>& taken_back);

}  // namespace tinychat::api
