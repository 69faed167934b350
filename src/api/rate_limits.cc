#include "api/rate_limits.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "api/problem.h"
#include "base/limits.h"
#include "base/tally.h"

namespace tinychat::api {
namespace {

using Word = RateLimiter::Verdict;

constexpr double kSecondsPerMinute = 60;

RateLimiter::Rate rate_of(double per_second) {
  return {.per_second = per_second, .burst = per_second * limits::kRateBurstSeconds};
}

// As bytes, so that it is short.
std::string key_of(const Client& client) {
  const std::uint64_t host = wire::host_key(client.address);
  std::string key(sizeof host, '\0');
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(host >> (8 * i) & 0xffU);
  return key;
}

bool is_own_machine(const Client& client) {
  return !client.is_forwarded && wire::is_loopback(client.address);
}

void ask(RateLimiter& limiter, Limit limit, std::string_view key, SteadyTime now,
         RateLimits::Verdict& verdict) {
  if (!verdict.is_allowed() || !limiter.is_limited()) return;
  const Word word = limiter.take(key, now);
  if (word.is_allowed && !verdict.policy.empty() && word.left >= verdict.word.left) return;
  if (!word.is_allowed) limit_hit(limit);
  verdict = {name_of(limit), word};
}

std::int64_t seconds_of(std::chrono::milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

}  // namespace

RateLimits::RateLimits(const Rates& rates)
    : requests_per_address_(rate_of(rates.requests_per_address)),
      messages_per_address_(rate_of(rates.messages_per_address)),
      messages_per_user_(rate_of(rates.messages_per_user)),
      messages_per_room_(rate_of(rates.messages_per_room)),
      new_users_per_address_({.per_second = rates.new_users_per_minute_and_address / kSecondsPerMinute,
                              .burst = rates.new_users_per_minute_and_address}),
      wrong_secrets_per_address_(
          {.per_second = rates.wrong_secrets_per_minute_and_address / kSecondsPerMinute,
           .burst = rates.wrong_secrets_per_minute_and_address}) {}

RateLimits::Verdict RateLimits::take_request(const Client& client, SteadyTime now) {
  Verdict verdict;
  if (is_own_machine(client)) return verdict;
  ask(requests_per_address_, Limit::kRequestsPerAddress, key_of(client), now, verdict);
  return verdict;
}

RateLimits::Verdict RateLimits::take_message(const Client& client, std::string_view user,
                                             std::string_view room, SteadyTime now) {
  Verdict verdict;
  if (is_own_machine(client)) return verdict;
  if (!user.empty()) ask(messages_per_user_, Limit::kMessagesPerUser, user, now, verdict);
  ask(messages_per_address_, Limit::kMessagesPerAddress, key_of(client), now, verdict);
  ask(messages_per_room_, Limit::kMessagesPerRoom, room, now, verdict);
  return verdict;
}

RateLimits::Verdict RateLimits::take_new_user(const Client& client, SteadyTime now) {
  Verdict verdict;
  if (is_own_machine(client)) return verdict;
  ask(new_users_per_address_, Limit::kNewUsersPerAddress, key_of(client), now, verdict);
  return verdict;
}

RateLimits::Verdict RateLimits::take_wrong_secret(const Client& client, SteadyTime now) {
  Verdict verdict;
  if (is_own_machine(client)) return verdict;
  ask(wrong_secrets_per_address_, Limit::kWrongSecrets, key_of(client), now, verdict);
  return verdict;
}

std::optional<wire::Field> rate_limit_field(const RateLimits::Verdict& verdict) {
  if (verdict.policy.empty()) return std::nullopt;
  return wire::Field{"RateLimit", '"' + std::string(verdict.policy) +
                                      "\";r=" + std::to_string(verdict.word.left) +
                                      ";t=" + std::to_string(seconds_of(verdict.word.full_after))};
}

net::Response too_many_response(const RateLimits::Verdict& verdict) {
  const auto seconds = std::to_string(seconds_of(verdict.word.retry_after));
  auto response =
      problem_response({Code::kTooMany, "This is more often than the limit " + std::string(verdict.policy) +
                                            " allows; send it again in " + seconds + " s."});
  response.headers.push_back({"Retry-After", seconds});
  if (auto field = rate_limit_field(verdict)) response.headers.push_back(std::move(*field));
  return response;
}

}  // namespace tinychat::api
