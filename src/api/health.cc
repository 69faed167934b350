#include <utility>

#include "api/actions.h"
#include "api/problem.h"
#include "wire/json_writer.h"

namespace tinychat::api {

void get_health(Call&& call) {
  std::string json = R"({"status":"ok","version":)";
  wire::append_json_string(json, call.settings.version);
  call.reply.send(json_response(200, json + '}'));
}

// For whoever sends requests here: whether there is any use in that now.
void get_readiness(Call&& call) {
  const std::string reason = call.settings.readiness == nullptr ? "" : call.settings.readiness->reason();
  if (reason.empty()) return call.reply.send(json_response(200, R"({"status":"ready"})"));
  std::string json = R"({"status":"not-ready","reason":)";
  wire::append_json_string(json, reason);
  auto response = json_response(503, json + '}');
  response.headers.push_back({"Retry-After", "1"});
  call.reply.send(std::move(response));
}

}  // namespace tinychat::api
