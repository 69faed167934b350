#include "api/actions.h"
#include "api/problem.h"
#include "wire/json_writer.h"

namespace tinychat::api {

void get_health(Call&& call) {
  std::string json = R"({"status":"ok","version":)";
  wire::append_json_string(json, call.settings.version);
  call.reply.send(json_response(200, json + '}'));
}

}  // namespace tinychat::api
