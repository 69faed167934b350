#include "journal/redis_part.h"

#include <utility>

namespace tinychat::journal {

RedisPart::RedisPart(SharedSite site, std::string_view name)
    : site_(std::move(site)), session_(std::make_shared<redis::Session>(site_->session(name))) {}

Result<redis::Reply> RedisPart::call(Words command) {
  auto reply = session_->call(command, redis_deadline());
  if (!reply) return std::unexpected(at_runtime(std::move(reply.error())));
  return reply;
}

Result<redis::Reply> RedisPart::evaluate(const redis::Script& script, Words keys,
                                         std::span<const std::string_view> arguments) {
  auto reply = session_->evaluate(script, keys, arguments, redis_deadline());
  if (!reply) return std::unexpected(at_runtime(std::move(reply.error())));
  return reply;
}

}  // namespace tinychat::journal
