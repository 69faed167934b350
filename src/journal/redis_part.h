// What a part of the Redis engine asks with that asks and changes one thing at a time. A command whose reply
// does not come is sent again: what it does may happen twice, and has to do no harm then. What would is an
// OnceScript.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "journal/once_script.h"
#include "journal/redis_site.h"
#include "redis/script.h"
#include "redis/session.h"

namespace tinychat::journal {

// Copies share one connection. Thread: one that may block, the same for all copies. Every call has its reply
// within limits::kRedisReplyTimeout, or fails. Errors: as at_runtime() has them.
class RedisPart {
 public:
  using Words = std::initializer_list<std::string_view>;

  // `name`: what CLIENT LIST shows of it.
  RedisPart(SharedSite site, std::string_view name);

  [[nodiscard]] const RedisKeys& keys() const { return site_->keys; }

  Result<redis::Reply> call(Words command);
  Result<redis::Reply> evaluate(const redis::Script& script, Words keys, Words arguments) {
    return ask(script, words(keys), words(arguments));
  }
  Result<redis::Reply> evaluate(const redis::Script& script, Words keys,
                                std::span<const std::string_view> arguments) {
    return ask(script, words(keys), arguments);
  }
  Result<redis::Reply> evaluate(const OnceScript& once, Words keys, Words arguments);
  // Takes a field out of a hash, once. Whether it was there.
  Result<bool> forget(std::string_view hash, std::string_view field);

 private:
  static std::span<const std::string_view> words(Words list) { return {list.begin(), list.size()}; }
  Result<redis::Reply> ask(const redis::Script& script, std::span<const std::string_view> keys,
                           std::span<const std::string_view> arguments);

  const SharedSite site_;
  const std::shared_ptr<redis::Session> session_;
};

}  // namespace tinychat::journal
