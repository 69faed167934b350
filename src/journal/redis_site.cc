#include "journal/redis_site.h"

#include <array>
#include <random>
#include <thread>

#include "base/log.h"
#include "base/printable.h"
#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

using namespace std::chrono_literals;

std::string random_name() {
  constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::random_device random;
  std::string name;
  for (int i = 0; i < 10; ++i) name += kLetters[random() % kLetters.size()];
  return name;
}

// Streams with exclusive ranges, XTRIM MINID: 6.2.
Result<void> check_version(redis::Session& session) {
  auto info = session.call({"INFO", "server"}, redis_deadline());
  // Without the right to ask, it is believed to be new enough.
  if (!info) return info.error().code == Code::kUsage ? Result<void>() : std::unexpected(info.error());
  const std::string_view text = info->value().text();
  const auto at = text.find("redis_version:");
  if (at == std::string_view::npos) return {};
  const std::string version(text.substr(at + 14, text.find_first_of("\r\n", at) - at - 14));
  int major = 0;
  int minor = 0;
  if (std::sscanf(version.c_str(), "%d.%d", &major, &minor) != 2) return {};  // NOLINT(cert-err34-c)
  if (std::pair(major, minor) >= std::pair(6, 2)) return {};
  return fail(Code::kUsage, "this Redis is version " + version + "; 6.2 is the oldest that will do");
}

struct Opened {
  EventId origin;
  EventId head;
};

Result<Opened> open_log(const RedisSite& site, redis::Session& session) {
  if (auto fine = check_version(session); !fine) return std::unexpected(fine.error());
  const std::string log = site.keys.log();
  const std::string meta = site.keys.meta();
  const std::string first = site.next_id ? site.next_id() : "*";
  const std::array<std::string_view, 2> keys{log, meta};
  const std::array<std::string_view, 1> arguments{first};
  auto reply = session.evaluate(redis_scripts().open, keys, arguments, redis_deadline());
  if (!reply) return std::unexpected(reply.error());
  const auto origin = id_in(reply->value()[0]);
  const auto head = id_in(reply->value()[1]);
  if (!origin || !head) return std::unexpected(origin ? head.error() : origin.error());
  return Opened{*origin, *head};
}

Result<Opened> wait_for_log(const RedisSite& site) {
  auto session = site.session("start");
  const auto deadline = std::chrono::steady_clock::now() + limits::kRedisStartTimeout;
  for (bool is_said = false;;) {
    auto opened = open_log(site, session);
    if (opened) return opened;
    if (opened.error().code != Code::kUnavailable || std::chrono::steady_clock::now() >= deadline) {
      return fail(Code::kUsage, opened.error().detail);
    }
    if (!is_said) {
      log(LogLevel::kWarning, opened.error().detail + " (waiting for it, up to " +
                                  std::to_string(std::chrono::seconds(limits::kRedisStartTimeout).count()) +
                                  " s)");
    }
    is_said = true;
    std::this_thread::sleep_for(100ms);
  }
}

}  // namespace

RedisSite::RedisSite(const RedisOptions& options)
    : endpoint(options.endpoint),
      keys(options.prefix),
      node(random_name()),
      retention(options.retention),
      next_id(options.next_id) {}

redis::Session RedisSite::session(std::string_view part) const {
  redis::Session session(endpoint, "tinychat-" + node + '-' + std::string(part));
  // If it cannot be, whoever needs it learns why.
  [[maybe_unused]] const auto ready = session.ready(redis_deadline());
  return session;
}

EventId RedisSite::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void RedisSite::see(EventId id) {
  const std::lock_guard lock(mutex_);
  seen_ = std::max(seen_, id);
}

Result<EventId> id_in(redis::Value value) {
  if (const auto id = parse_event_id(value.text())) return *id;
  return fail(Code::kStorageFailed, "under our keys in Redis there is \"" + printable(value.text(), 60) +
                                        "\" instead of an id; is the --redis-prefix ours alone?");
}

Error at_runtime(Error error) {
  if (error.code == Code::kUsage) error.code = Code::kUnavailable;
  return error;
}

room::Event event_in(EventId id, std::string_view room, redis::Value fields) {
  room::Event event{.id = id,
                    .kind = room::EventKind::kMessage,
                    .room = std::string(room),
                    .sender = {},
                    .text = {},
                    .idempotency_key = {},
                    .author = {}};
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    const std::string_view name = fields[i].text();
    if (name == "s") event.sender = fields[i + 1].text();
    if (name == "t") event.text = fields[i + 1].text();
    if (name == "k") event.idempotency_key = fields[i + 1].text();
    if (name == "r") event.room = fields[i + 1].text();
    if (name == "a") event.author = fields[i + 1].text();
    if (name == "e" && fields[i + 1].text() == "2") event.kind = room::EventKind::kTopic;
  }
  return event;
}

Result<Engine> open_redis_engine(const RedisOptions& options) {
  auto site = std::make_shared<RedisSite>(options);
  const auto opened = wait_for_log(*site);
  if (!opened) return std::unexpected(opened.error());
  site->see(opened->head);
  return Engine{.journal = make_redis_journal(site, opened->origin, opened->head),
                .tail = make_redis_tail(site),
                .presence = make_redis_presence(site),
                .people = make_redis_people(site)};
}

}  // namespace tinychat::journal
