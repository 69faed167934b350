// How often clients may ask and write: one limiter for each of whom it counts, shared by all shards. Who is
// on this machine itself is not limited: they could do worse, and it is where proxies are.
//
// Thread: any.
#pragma once

#include <optional>
#include <string_view>

#include "api/client.h"
#include "base/clock.h"
#include "base/rate_limiter.h"
#include "net/http.h"

namespace tinychat::api {

class RateLimits {
 public:
  // In a second, and five times as many at once, where no other time is named. 0: without a limit.
  struct Rates {
    double requests_per_address = 0;
    double messages_per_address = 0;
    double messages_per_user = 0;
    double messages_per_room = 0;
    double new_users_per_minute_and_address = 0;      // all of them at once, if they like
    double wrong_secrets_per_minute_and_address = 0;  // the same
  };

  explicit RateLimits(const Rates& rates);

  // What came of asking one or more limiters: the tightest one's word.
  struct Verdict {
    std::string_view policy;  // its name; empty: nobody was asked
    RateLimiter::Verdict word;

    [[nodiscard]] bool is_allowed() const { return word.is_allowed; }
  };

  [[nodiscard]] Verdict take_request(const Client& client, SteadyTime now);
  // `user`: an id, or empty.
  [[nodiscard]] Verdict take_message(const Client& client, std::string_view user, std::string_view room,
                                     SteadyTime now);
  [[nodiscard]] Verdict take_new_user(const Client& client, SteadyTime now);
  [[nodiscard]] Verdict take_wrong_secret(const Client& client, SteadyTime now);

 private:
  RateLimiter requests_per_address_;
  RateLimiter messages_per_address_;
  RateLimiter messages_per_user_;
  RateLimiter messages_per_room_;
  RateLimiter new_users_per_address_;
  RateLimiter wrong_secrets_per_address_;
};

// `RateLimit` as draft-ietf-httpapi-ratelimit-headers has it; nullopt: nobody was asked.
[[nodiscard]] std::optional<wire::Field> rate_limit_field(const RateLimits::Verdict& verdict);

// 429, with the time to come back.
[[nodiscard]] net::Response too_many_response(const RateLimits::Verdict& verdict);

}  // namespace tinychat::api
