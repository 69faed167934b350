// A part of the Redis engine that asks and changes one thing at a time, on a connection of its own.
// Only for what may be done twice: a command whose reply does not come may be sent again.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "base/result.h"
#include "journal/redis_site.h"
#include "redis/script.h"
#include "redis/session.h"

namespace tinychat::journal {

// Thread: one that may block. Every call has its reply within limits::kRedisReplyTimeout, or fails. Errors:
// as at_runtime() has them.
class RedisPart {
 public:
  using Words = std::initializer_list<std::string_view>;

  // `name`: what CLIENT LIST shows of it.
  RedisPart(SharedSite site, std::string_view name);

  [[nodiscard]] const RedisKeys& keys() const { return site_->keys; }

  Result<redis::Reply> call(Words command);
  Result<redis::Reply> evaluate(const redis::Script& script, Words keys, Words arguments) {
    return evaluate(script, keys, std::span(arguments.begin(), arguments.size()));
  }
  Result<redis::Reply> evaluate(const redis::Script& script, Words keys,
                                std::span<const std::string_view> arguments);

 private:
  const SharedSite site_;
  redis::Session session_;
};

}  // namespace tinychat::journal
