// The journals that are asked for what every Journal promises, and the asking.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal_fixtures.h"
#include "journal/redis_journal.h"
#include "journal/redis_keys.h"
#include "redis/redis_server.h"

namespace tinychat::journal {

using Ids = std::vector<EventId>;

// A journal as the tests ask it: they say themselves which ids events have.
class Tested {
 public:
  Tested() = default;
  Tested(const Tested&) = delete;
  Tested& operator=(const Tested&) = delete;
  virtual ~Tested() = default;

  virtual Journal& journal() = 0;
  // Whether what is appended together appears together, and a key is forgotten with its message.
  [[nodiscard]] virtual bool is_embedded() const = 0;
  virtual Result<void> append(std::span<const room::Event> events) = 0;
  virtual Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) = 0;
};

class TestedEmbedded final : public Tested {
 public:
  explicit TestedEmbedded(std::unique_ptr<EmbeddedJournal> journal) : journal_(std::move(journal)) {}
  Journal& journal() override { return *journal_; }
  [[nodiscard]] bool is_embedded() const override { return true; }
  Result<void> append(std::span<const room::Event> events) override { return journal_->append(events); }
  Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) override {
    return journal_->find_by_key(room, key);
  }

 private:
  const std::unique_ptr<EmbeddedJournal> journal_;
};

inline redis::RedisServer& redis_server() {
  static redis::RedisServer server;
  return server;
}

// What is under its keys is asked of Redis itself.
class TestedRedis final : public Tested {
 public:
  explicit TestedRedis(Retention retention) {
    redis_server().call({"FLUSHALL"});
    auto engine = open_redis_engine(
        {.endpoint = redis_server().endpoint(), .prefix = "test:", .retention = retention, .next_id = [this] {
           return next_id_;
         }});
    if (!engine) throw std::runtime_error(engine.error().detail);
    engine_ = std::move(*engine);
    next_id_ = "*";
  }
  Journal& journal() override { return *engine_.journal; }
  [[nodiscard]] bool is_embedded() const override { return false; }
  Result<void> append(std::span<const room::Event> events) override {
    for (const auto& event : events) {
      next_id_ = to_string(event.id);
      Publication publication{.room = event.room,
                              .sender = event.sender,
                              .text = event.text,
                              .idempotency_key = event.idempotency_key,
                              .author = event.author,
                              .kind = event.kind};
      auto outcome = engine_.journal->publish(std::span(&publication, 1), 0);
      if (!outcome[0]) return std::unexpected(outcome[0].error());
      EXPECT_EQ(outcome[0]->event, event);
    }
    next_id_ = "*";
    return {};
  }
  Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) override {
    const auto reply = redis_server().call({"GET", RedisKeys("test:").key(room, key)});
    const std::string_view value = reply.value().text();
    const auto id = parse_event_id(value.substr(0, value.find(' ')));
    if (!id) return std::nullopt;
    return (*engine_.journal->open_reader())->find(room, *id);
  }

 private:
  std::string next_id_ = to_string(at(0));
  Engine engine_;
};

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Tested>(const TemporaryDirectory&, Retention)> make;

  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

inline std::unique_ptr<EmbeddedJournal> make_sqlite(const TemporaryDirectory& directory, Retention retention,
                                                    Durability durability) {
  auto journal = open_sqlite_journal({directory.path(), durability, retention, ""}, ManualClock());
  if (!journal) throw std::runtime_error(journal.error().detail);
  return *std::move(journal);
}

template <typename Make>
Kind embedded(const char* name, Make make) {
  return {name, [make](const TemporaryDirectory& directory, Retention retention) -> std::unique_ptr<Tested> {
            return std::make_unique<TestedEmbedded>(make(directory, retention));
          }};
}

inline const std::vector<Kind> kEmbeddedKinds = {
    embedded("memory",
             [](const auto&, Retention retention) { return make_memory_journal(at(0), retention); }),
    embedded("sqlite",
             [](const auto& directory, Retention retention) {
               return make_sqlite(directory, retention, Durability::kFsync);
             }),
    embedded("sqlite_os",
             [](const auto& directory, Retention retention) {
               return make_sqlite(directory, retention, Durability::kOs);
             }),
    embedded("faulty_memory",
             [](const auto&, Retention retention) {
               return std::make_unique<FaultyJournal>(make_memory_journal(at(0), retention));
             }),
    embedded("faulty_sqlite",
             [](const auto& directory, Retention retention) {
               return std::make_unique<FaultyJournal>(make_sqlite(directory, retention, Durability::kOs));
             }),
};

inline const std::vector<Kind> kKinds = [] {
  auto kinds = kEmbeddedKinds;
  kinds.push_back({"redis", [](const TemporaryDirectory&, Retention retention) -> std::unique_ptr<Tested> {
                     return std::make_unique<TestedRedis>(retention);
                   }});
  return kinds;
}();

class JournalContract : public testing::TestWithParam<Kind> {
 protected:
  void open(Retention retention) {
    reader_.reset();
    tested_.reset();
    directory_.emplace();
    tested_ = GetParam().make(*directory_, retention);
    journal_ = &tested_->journal();
    auto reader = journal_->open_reader();
    ASSERT_TRUE(reader) << reader.error().detail;
    reader_ = *std::move(reader);
  }
  void SetUp() override { open({}); }

  void append(std::vector<room::Event> events) {
    const auto done = tested_->append(events);
    ASSERT_TRUE(done) << done.error().detail;
  }
  Page read_after(std::vector<std::string> rooms, EventId after, EventId through = kEnd,
                  std::size_t events_max = kMany, std::size_t bytes_max = kMany) {
    auto page = reader_->read_after(rooms, after, through, events_max, bytes_max);
    if (!page) ADD_FAILURE() << page.error().detail;
    return page.value_or(Page{});
  }
  Ids read_before(std::string_view room, EventId before, std::size_t count) {
    const auto events = reader_->read_before(room, before, count);
    if (!events) ADD_FAILURE() << events.error().detail;
    return ids(events.value_or(std::vector<room::Event>{}));
  }
  std::optional<room::Event> find(std::string_view room, EventId id) {
    return reader_->find(room, id).value_or(std::nullopt);
  }
  std::optional<EventId> by_key(std::string_view room, std::string_view key) {
    const auto found = tested_->find_by_key(room, key);
    if (!found) ADD_FAILURE() << found.error().detail;
    if (!found || !*found) return std::nullopt;
    return (*found)->id;
  }
  std::vector<std::string> rooms(std::string_view after, std::size_t count) {
    std::vector<std::string> shown;
    const auto summaries = reader_->rooms(after, count);
    if (!summaries) ADD_FAILURE() << summaries.error().detail;
    for (const auto& [name, messages, last, topic] : summaries.value_or(std::vector<RoomSummary>{})) {
      shown.push_back(name + ' ' + std::to_string(messages) + ' ' +
                      std::to_string(last.milliseconds - kOriginMilliseconds));
    }
    return shown;
  }

  std::optional<TemporaryDirectory> directory_;
  std::unique_ptr<Tested> tested_;
  Journal* journal_ = nullptr;
  std::unique_ptr<JournalReader> reader_;
};

}  // namespace tinychat::journal
