#include "api/admission.h"

#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include "api/problem.h"
#include "api/rate_limits.h"
#include "api/stream_answer.h"
#include "base/log.h"

namespace tinychat::api {
namespace {

// Then nobody is limited: all of them seem to be this machine.
void warn_of_unknown_proxy(const Call& call) {
  static std::atomic<bool> is_told{false};
  if (is_told.load(std::memory_order_relaxed) || !call.settings.trusted_proxies.empty()) return;
  if (!wire::is_loopback(call.request.peer) || call.request.header("x-forwarded-for") == nullptr) return;
  if (is_told.exchange(true)) return;
  log(LogLevel::kWarning,
      "a proxy on this machine forwards requests, and is not trusted to say for whom: limits for each "
      "address do "
      "not hold; --trusted-proxy 127.0.0.1 lets them");
}

bool admit(Call& call, const RateLimits::Verdict& verdict) {
  if (!verdict.is_allowed()) {
    call.reply.send(too_many_response(verdict));
    return false;
  }
  if (auto field = rate_limit_field(verdict)) call.reply.add(std::move(*field));
  return true;
}

// Whoever wants a stream is told when to come back.
bool admit(Call& call, const Operation* operation, const RateLimits::Verdict& verdict) {
  if (!verdict.is_allowed() && operation != nullptr && operation->is_stream && !call.is_head()) {
    turn_stream_away(std::move(call));
    return false;
  }
  return admit(call, verdict);
}

SteadyTime now(const Call& call) { return call.settings.clock->steady(); }

}  // namespace

bool admit_request(Call& call, const Operation* operation) {
  warn_of_unknown_proxy(call);
  if (operation != nullptr && operation->is_probe) return true;
  RateLimits* const limits = call.settings.rate_limits;
  if (limits == nullptr) return true;
  return admit(call, operation, limits->take_request(call.client, now(call)));
}

bool admit_wrong_secret(Call& call, const Operation& operation) {
  RateLimits* const limits = call.settings.rate_limits;
  if (limits == nullptr) return true;
  // Where the door is closed, whoever gives up for good does right.
  const bool may_come_back = call.settings.door == room::Door::kOpen;
  return admit(call, may_come_back ? &operation : nullptr, limits->take_wrong_secret(call.client, now(call)));
}

bool admit_wrong_link(Call& call) {
  RateLimits* const limits = call.settings.rate_limits;
  return limits == nullptr || admit(call, limits->take_wrong_secret(call.client, now(call)));
}

bool admit_message(Call& call, std::string_view user, std::string_view room) {
  RateLimits* const limits = call.settings.rate_limits;
  return limits == nullptr || admit(call, limits->take_message(call.client, user, room, now(call)));
}

bool admit_new_user(Call& call) {
  RateLimits* const limits = call.settings.rate_limits;
  return limits == nullptr || admit(call, limits->take_new_user(call.client, now(call)));
}

bool take_place_of_user(const Call& call, hub::StreamRequest& stream) {
  if (call.settings.streams_of_users == nullptr || stream.user.empty()) return true;
  const std::uint64_t key = std::hash<std::string>{}(stream.user) | 1U;
  auto taken = call.settings.streams_of_users->try_take(key);
  if (!taken.place) return false;
  stream.of_user = std::move(*taken.place);
  return true;
}

}  // namespace tinychat::api
