// A stream: an entry is `time`, `by`, `name`, `action`, `subject`, `id`, and its id is a place.
#include "journal/redis_audit.h"

#include <charconv>
#include <utility>

#include "base/event_id.h"
#include "base/limits.h"
#include "journal/redis_part.h"
#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

// Its fields, in the order in which they were added.
AuditEntry entry_in(redis::Value fields) {
  const auto text = [&](std::size_t i) { return std::string(fields[2 * i + 1].text()); };
  AuditEntry entry{.time_milliseconds = 0,
                   .by = text(1),
                   .by_name = text(2),
                   .action = text(3),
                   .subject = text(4),
                   .subject_id = text(5)};
  const auto time = fields[1].text();
  std::from_chars(time.data(), time.data() + time.size(), entry.time_milliseconds);
  return entry;
}

class RedisAudit final : public Audit {
 public:
  explicit RedisAudit(RedisPart redis) : redis_(std::move(redis)) {}

  Result<void> add(const AuditEntry& entry) override {
    auto reply =
        redis_.evaluate(redis_passes_scripts().note, {redis_.keys().audit()},
                        {std::to_string(limits::kAuditEntriesMax), "time",
                         std::to_string(entry.time_milliseconds), "by", entry.by, "name", entry.by_name,
                         "action", entry.action, "subject", entry.subject, "id", entry.subject_id});
    if (!reply) return std::unexpected(reply.error());
    return {};
  }

  Result<AuditPage> page(const std::string& before, std::size_t count) override {
    if (!before.empty() && !parse_event_id(before)) return std::unexpected(no_such_place());
    // One more says that there are more.
    auto reply = redis_.call({"XREVRANGE", redis_.keys().audit(), before.empty() ? "+" : '(' + before, "-",
                              "COUNT", std::to_string(count + 1)});
    if (!reply) return std::unexpected(reply.error());
    const auto entries = reply->value();
    AuditPage page;
    for (std::size_t i = 0; i < entries.size() && i < count; ++i) {
      page.entries.push_back(entry_in(entries[i][1]));
      if (i + 1 == count && entries.size() > count) page.before = std::string(entries[i][0].text());
    }
    return page;
  }

 private:
  RedisPart redis_;
};

}  // namespace

std::unique_ptr<Audit> make_redis_audit(RedisPart redis) {
  return std::make_unique<RedisAudit>(std::move(redis));
}

}  // namespace tinychat::journal
