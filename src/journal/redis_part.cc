#include "journal/redis_part.h"

#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace tinychat::journal {

RedisPart::RedisPart(SharedSite site, std::string_view name)
    : site_(std::move(site)), session_(std::make_shared<redis::Session>(site_->session(name))) {}

Result<redis::Reply> RedisPart::call(Words command) {
  auto reply = session_->call(command, redis_deadline());
  if (!reply) return std::unexpected(at_runtime(std::move(reply.error())));
  return reply;
}

Result<redis::Reply> RedisPart::ask(const redis::Script& script, std::span<const std::string_view> keys,
                                    std::span<const std::string_view> arguments) {
  auto reply = session_->evaluate(script, keys, arguments, redis_deadline());
  if (!reply) return std::unexpected(at_runtime(std::move(reply.error())));
  return reply;
}

Result<redis::Reply> RedisPart::evaluate(const OnceScript& once, Words keys, Words arguments) {
  const std::string call = site_->keys.once(random_key());
  std::vector<std::string_view> all_keys(keys);
  all_keys.emplace_back(call);
  return ask(once.script(), all_keys, words(arguments));
}

Result<bool> RedisPart::forget(std::string_view hash, std::string_view field) {
  static const OnceScript script("return redis.call('HDEL', KEYS[1], ARGV[1])");
  auto reply = evaluate(script, {hash}, {field});
  if (!reply) return std::unexpected(reply.error());
  return reply->value().integer() > 0;
}

}  // namespace tinychat::journal
