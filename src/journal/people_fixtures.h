// For tests: people of every implementation, each with what it needs to live.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

#include "journal/journal_fixtures.h"
#include "journal/memory_people.h"
#include "journal/people.h"
#include "journal/redis_journal.h"
#include "journal/sqlite_people.h"
#include "redis/redis_server.h"

namespace tinychat::journal {

inline void PrintTo(const User& user, std::ostream* out) {
  *out << user.id << ' ' << user.name << ' ' << static_cast<int>(user.role);
}
inline void PrintTo(const AddressBlock& block, std::ostream* out) {
  *out << block.id << ' ' << block.address;
}
inline void PrintTo(const AuditEntry& entry, std::ostream* out) {
  *out << entry.time_milliseconds << ' ' << entry.subject;
}
inline void PrintTo(const AccessToken& token, std::ostream* out) {
  *out << token.id << ' ' << token.name << ' ' << token.used_milliseconds;
}

constexpr std::uint64_t kPeopleNow = kOriginMilliseconds;

struct PeopleKind {
  const char* name;
  // The journal that the people live beside, if they do.
  std::function<std::unique_ptr<Journal>(const TemporaryDirectory&)> journal;
  std::function<std::unique_ptr<People>(const TemporaryDirectory&)> people;

  friend void PrintTo(const PeopleKind& kind, std::ostream* out) { *out << kind.name; }
};

inline std::unique_ptr<Journal> sqlite_journal(const TemporaryDirectory& directory) {
  return std::move(*open_sqlite_journal({directory.path(), Durability::kOs, {}, ""}, ManualClock()));
}

inline std::unique_ptr<People> sqlite_people(const TemporaryDirectory& directory) {
  return open_sqlite_people(directory.path());
}

// Its own Redis: journal tests may run in this process, too.
inline redis::RedisServer& people_server() {
  static redis::RedisServer server;
  return server;
}

inline Engine redis_engine() {
  auto engine = open_redis_engine(
      {.endpoint = people_server().endpoint(), .prefix = "test:", .retention = {}, .next_id = {}});
  if (!engine) throw std::runtime_error(engine.error().detail);
  return std::move(*engine);
}

inline std::unique_ptr<People> redis_people(const TemporaryDirectory& /*directory*/) {
  people_server().call({"FLUSHALL"});
  return std::move(redis_engine().people);
}

inline const PeopleKind kPeopleKinds[] = {
    {"memory", [](const auto&) { return nullptr; }, [](const auto&) { return make_memory_people(); }},
    {"sqlite", sqlite_journal, sqlite_people},
    {"redis", [](const auto&) { return nullptr; }, redis_people},
};

inline User user(std::string id, std::string name = "mason") {
  return {.id = std::move(id), .name = std::move(name), .created_milliseconds = kPeopleNow};
}

inline Session session(std::string id) {
  return {.id = std::move(id),
          .created_milliseconds = kPeopleNow,
          .seen_milliseconds = kPeopleNow,
          .user_agent = "curl/8 \xc3\xa9"};
}

}  // namespace tinychat::journal
