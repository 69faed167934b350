#include "api/newcomer.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/secret.h"

namespace tinychat::api {
namespace {

// For people to know their browsers by; headers may hold any bytes.
std::string user_agent_of(const net::Request& request) {
  std::string agent;
  if (const std::string* const header = request.header("user-agent")) agent = *header;
  std::erase_if(agent, [](char byte) { return byte < ' ' || byte > '~'; });
  agent.resize(std::min(agent.size(), limits::kUserAgentBytesMax));
  return agent;
}

}  // namespace

Newcomer make_newcomer(const Call& call, std::string name) {
  const auto now = call.settings.clock->utc_milliseconds();
  return {.user = {.id = random_id(), .name = std::move(name), .created_milliseconds = now},
          .session = {.id = random_id(),
                      .created_milliseconds = now,
                      .seen_milliseconds = now,
                      .user_agent = user_agent_of(call.request)},
          .token = random_token()};
}

}  // namespace tinychat::api
