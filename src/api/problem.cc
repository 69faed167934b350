#include "api/problem.h"

#include <utility>

#include "api/security_headers.h"
#include "base/log.h"
#include "base/tally.h"
#include "wire/problem.h"

namespace tinychat::api {
namespace {

net::Response response_with(int status, std::string content_type, std::string body) {
  net::Response response;
  response.status = status;
  response.headers = {{"Content-Type", std::move(content_type)}, {"Cache-Control", "no-store"}};
  protect_data(response);
  response.body = std::move(body);
  return response;
}

// A full queue is empty again in no time; a full disk waits for a person.
const char* retry_after_seconds(int status) {
  switch (status) {
    case 503: return "1";
    case 507: return "60";
    default: return nullptr;
  }
}

}  // namespace

net::Response problem_response(const Error& error) {
  const CodeInfo& about = info(error.code);
  error_answered(error.code);
  // Below a warning it is what clients do, each line of its own worth; from there on it is what we suffer
  // from.
  if (about.log_level >= LogLevel::kWarning) {
    log_repeating(about.name, about.log_level, std::string(about.name) + ": " + error.detail);
  } else if (log_enabled(about.log_level)) {
    log(about.log_level, error.detail, {{"code", about.name}});
  }
  auto response =
      response_with(about.http_status, "application/problem+json", wire::to_json(wire::problem_of(error)));
  // Every 401 has to say how it is done (RFC 9110, 15.5.2); there is no registered name for it.
  if (response.status == 401) response.headers.push_back({"WWW-Authenticate", "Cookie"});
  if (const char* const seconds = retry_after_seconds(response.status)) {
    response.headers.push_back({"Retry-After", seconds});
  }
  return response;
}

net::Response json_response(int status, std::string json) {
  return response_with(status, "application/json", std::move(json));
}

net::Response no_content() {
  net::Response response;
  response.status = 204;
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

void log_if_failed(const Result<bool>& taken_back) {
  if (!taken_back) log(info(taken_back.error().code).log_level, taken_back.error().detail);
}

}  // namespace tinychat::api
