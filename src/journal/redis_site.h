// What the parts of the Redis engine share: where it is, what it is called, and how far the log went.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/event_id.h"
#include "base/limits.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/people.h"
#include "journal/redis_journal.h"
#include "journal/redis_keys.h"
#include "redis/connection.h"
#include "redis/session.h"

namespace tinychat::journal {

// Any thread.
class RedisSite {
 public:
  explicit RedisSite(const RedisOptions& options);

  // Connected already if that can be: the first who needs it is not to wait for it.
  [[nodiscard]] redis::Session session(std::string_view part) const;

  // The newest id that this node knows of; it only grows.
  [[nodiscard]] EventId seen() const;
  void see(EventId id);

  const redis::Endpoint endpoint;
  const RedisKeys keys;
  const std::string node;  // another with each start
  const Retention retention;
  const std::function<std::string()> next_id;

 private:
  mutable std::mutex mutex_;
  EventId seen_;
};
using SharedSite = std::shared_ptr<RedisSite>;

[[nodiscard]] inline SteadyTime redis_deadline() {
  return std::chrono::steady_clock::now() + limits::kRedisReplyTimeout;
}

// The id of a reply. Error: kStorageFailed, something else stands under our keys.
[[nodiscard]] Result<EventId> id_in(redis::Value value);

// For those who are not to be told how the server is set up: any error but those about storage becomes
// kUnavailable.
[[nodiscard]] Error at_runtime(Error error);

std::unique_ptr<JournalReader> make_redis_reader(SharedSite site);
std::unique_ptr<LogTail> make_redis_tail(SharedSite site);
std::unique_ptr<SharedPresence> make_redis_presence(SharedSite site);
std::unique_ptr<People> make_redis_people(SharedSite site);
std::unique_ptr<Journal> make_redis_journal(SharedSite site, EventId origin, EventId head);

// An entry's event.
[[nodiscard]] room::Event event_in(EventId id, std::string_view room, redis::Value fields);

}  // namespace tinychat::journal
