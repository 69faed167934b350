#include "api/health.h"

#include "api/actions.h"
#include "api/problem.h"
#include "wire/json_writer.h"

namespace tinychat::api {

net::Response health(const Settings& settings) {
  std::string json = R"({"status":"ok","version":)";
  wire::append_json_string(json, settings.version);
  return json_response(200, json + '}');
}

net::Response readiness(const Settings& settings) {
  std::vector<Readiness::Trouble> troubles;
  if (settings.readiness != nullptr) troubles = settings.readiness->troubles();
  if (troubles.empty()) return json_response(200, R"({"status":"ready"})");
  std::string json = R"({"status":"not-ready","reason":)";
  wire::append_json_string(json, troubles.back().reason);
  json += R"(,"reasons":{)";
  char before = 0;
  for (const auto& [part, reason] : troubles) {
    if (before != 0) json += before;
    before = ',';
    wire::append_json_string(json, part);
    json += ':';
    wire::append_json_string(json, reason);
  }
  auto response = json_response(503, json + "}}");
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

void get_health(Call&& call) { call.reply.send(health(call.settings)); }

void get_readiness(Call&& call) { call.reply.send(readiness(call.settings)); }

}  // namespace tinychat::api
