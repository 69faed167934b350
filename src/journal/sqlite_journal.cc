// The writing side of the SQLite journal.
#include "journal/sqlite_journal.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

#include "base/assert.h"
#include "journal/directory_lock.h"
#include "journal/packed_id.h"
#include "journal/sqlite_connection.h"
#include "journal/sqlite_file.h"
#include "journal/sqlite_reader.h"

namespace tinychat::journal {
namespace {

// Of one call of erase(), which looks at all of them and takes out some.
constexpr std::size_t kEraseLookMax = 2000;

class SqliteJournal final : public EmbeddedJournal {
 public:
  SqliteJournal(DirectoryLock lock, OpenedFile opened, Retention retention)
      : lock_(std::move(lock)),
        file_(std::move(opened.file)),
        origin_(opened.origin),
        head_(opened.head),
        retention_(retention),
        database_(std::move(opened.database)) {
    Run run(last_room_);
    run.step();
    rooms_ = run.integer(0);
  }

  [[nodiscard]] EventId origin() const override { return origin_; }
  [[nodiscard]] EventId head() const override { return head_; }
  Result<void> append(std::span<const room::Event> events) override;
  Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) override;
  Result<bool> takes_room(std::string_view room) override;
  Result<bool> trim_by_age(std::uint64_t now_utc_milliseconds) override;
  Result<Erased> erase(std::string_view author, const std::string& from) override;
  Result<void> check() override {
    return transact("write to", [this] { Run(fence_).step(); });
  }
  Result<std::unique_ptr<JournalReader>> open_reader() override { return open_sqlite_reader(file_, origin_); }

 private:
  // What a batch adds to a room, or a trim takes from it.
  struct Share {
    std::int64_t room_id = 0;
    std::int64_t events = 0;
    std::int64_t last = 0;
  };

  template <typename Body>
  Result<void> transact(const char* what, Body body);
  void leave_transaction();
  void fence();

  void add(std::span<const room::Event> events);
  void trim_by_count(std::int64_t room_id, std::int64_t messages);
  bool remove_before(std::int64_t limit);
  void shrink_room(const Share& removed);
  std::uint64_t remove_written_by(const std::string& author, std::int64_t after, std::int64_t through);

  // In this order: the lock goes last.
  const DirectoryLock lock_;
  const SqliteFile file_;
  const EventId origin_;
  EventId head_;
  const Retention retention_;
  std::int64_t rooms_ = 0;  // the greatest room_id: rooms stay

  SQLite::Database database_;
  SQLite::Statement begin_{database_, "BEGIN IMMEDIATE"};
  SQLite::Statement commit_{database_, "COMMIT"};
  SQLite::Statement rollback_{database_, "ROLLBACK"};
  SQLite::Statement fence_{database_, "UPDATE journal SET fences = fences + 1"};
  SQLite::Statement grow_room_{
      database_,
      "INSERT INTO room (name, messages, last_id, trimmed_through) VALUES (?, ?, ?, 0) "
      "ON CONFLICT (name) DO UPDATE SET messages = messages + excluded.messages, last_id = excluded.last_id "
      "RETURNING room_id, messages"};
  SQLite::Statement insert_{database_,
                            "INSERT INTO event (id, room_id, kind, sender, text, idempotency_key, author) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?)"};
  SQLite::Statement last_room_{database_, "SELECT ifnull(max(room_id), 0) FROM room"};
  SQLite::Statement find_room_{database_, "SELECT 1 FROM room WHERE name = ?"};
  SQLite::Statement set_topic_{database_, "UPDATE room SET topic = ? WHERE room_id = ?"};
  SQLite::Statement nth_oldest_{database_,
                                "SELECT id FROM event WHERE room_id = ? ORDER BY id LIMIT 1 OFFSET ?"};
  SQLite::Statement remove_from_room_{database_, "DELETE FROM event WHERE room_id = ? AND id <= ?"};
  SQLite::Statement shrink_room_{
      database_, "UPDATE room SET messages = messages - ?, trimmed_through = ? WHERE room_id = ?"};
  SQLite::Statement oldest_{database_, "SELECT id, room_id FROM event WHERE id < ? ORDER BY id LIMIT ?"};
  SQLite::Statement remove_through_{database_, "DELETE FROM event WHERE id <= ?"};
  SQLite::Statement look_{
      database_, "SELECT max(id), count(*) FROM (SELECT id FROM event WHERE id > ? ORDER BY id LIMIT ?)"};
  SQLite::Statement remove_written_by_{
      database_, "DELETE FROM event WHERE id > ? AND id <= ? AND author = ? RETURNING room_id, kind, text"};
  SQLite::Statement shrink_any_room_{database_, "UPDATE room SET messages = messages - ? WHERE room_id = ?"};
  SQLite::Statement clear_topic_{database_, "UPDATE room SET topic = '' WHERE room_id = ? AND topic = ?"};
  SQLite::Statement by_key_{database_, std::string("SELECT ") + kEventColumns +
                                           " FROM room JOIN event USING (room_id) "
                                           "WHERE name = ? AND idempotency_key = ?"};
};

// All of `body` or nothing of it. It throws what SQLite throws.
template <typename Body>
Result<void> SqliteJournal::transact(const char* what, Body body) {
  bool committing = false;
  try {
    leave_transaction();
    Run(begin_).step();
    body();
    committing = true;
    Run(commit_).step();
    return {};
  } catch (const SQLite::Exception& exception) {
    auto error = storage_error(exception, database_, what, file_);
    leave_transaction();
    if (committing) fence();
    return std::unexpected(std::move(error));
  }
}

// SQLite ends a transaction by itself after some errors and leaves it open after others.
void SqliteJournal::leave_transaction() {
  if (sqlite3_get_autocommit(database_.getHandle()) != 0) return;
  rollback_.tryExecuteStep();
  rollback_.tryReset();
}

// A commit that failed at its sync may have left a whole transaction at the end of the write-ahead
// log. This process knows better, but the next one would find and keep it. Any other commit goes over
// it; if this one fails too, the next append that succeeds does it.
void SqliteJournal::fence() {
  fence_.tryExecuteStep();
  fence_.tryReset();
}

Result<void> SqliteJournal::append(std::span<const room::Event> events) {
  if (events.empty()) return {};
  EventId last = head_;
  for (const auto& event : events) {
    TINYCHAT_ASSERT(event.id > last);
    if (!fits_packed(event.id)) {
      return fail(Code::kStorageFailed, "cannot store event " + to_string(event.id) + " in " +
                                            file_.path.string() + ": the clock is wrong; set it");
    }
    last = event.id;
  }
  auto done = transact("append to", [&] { add(events); });
  if (done) head_ = last;
  return done;
}

void SqliteJournal::add(std::span<const room::Event> events) {
  std::unordered_map<std::string_view, Share> shares;
  std::vector<std::pair<const std::string*, Share*>> touched;
  std::vector<const Share*> share_of_event;
  share_of_event.reserve(events.size());
  for (const auto& event : events) {
    const auto [found, is_new] = shares.try_emplace(event.room);
    Share& share = found->second;
    if (is_new) touched.emplace_back(&event.room, &share);
    ++share.events;
    share.last = pack_at_most(event.id);
    share_of_event.push_back(&share);
  }

  std::vector<std::pair<std::int64_t, std::int64_t>> over;
  for (const auto& [name, share] : touched) {
    Run run(grow_room_);
    run.bind(*name, share->events, share->last).step();
    share->room_id = run.integer(0);
    rooms_ = std::max(rooms_, share->room_id);
    const std::int64_t messages = run.integer(1);
    // A damaged file may say anything.
    if (retention_.messages_max != 0 && messages > 0 &&
        static_cast<std::uint64_t>(messages) > retention_.messages_max) {
      over.emplace_back(share->room_id, messages);
    }
  }

  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    const auto kind = static_cast<std::int64_t>(event.kind);
    const auto id = pack_at_most(event.id);
    Run run(insert_);
    const auto or_null = [](const std::string& text) { return text.empty() ? nullptr : &text; };
    run.bind(id, share_of_event[i]->room_id, kind, event.sender, event.text, or_null(event.idempotency_key),
             or_null(event.author))
        .step();
    if (event.kind == room::EventKind::kTopic) {
      Run(set_topic_).bind(event.text, share_of_event[i]->room_id).step();
    }
  }

  for (const auto& [room_id, messages] : over) trim_by_count(room_id, messages);
}

void SqliteJournal::trim_by_count(std::int64_t room_id, std::int64_t messages) {
  Share removed{.room_id = room_id, .events = messages - static_cast<std::int64_t>(retention_.messages_max)};
  {
    Run run(nth_oldest_);
    if (!run.bind(room_id, removed.events - 1).step()) {
      throw SQLite::Exception("a room has fewer events than it counts", SQLITE_CORRUPT);
    }
    removed.last = run.integer(0);
  }
  Run(remove_from_room_).bind(room_id, removed.last).step();
  shrink_room(removed);
}

void SqliteJournal::shrink_room(const Share& removed) {
  Run(shrink_room_).bind(removed.events, removed.last, removed.room_id).step();
}

Result<std::optional<room::Event>> SqliteJournal::find_by_key(std::string_view room, std::string_view key) {
  if (key.empty()) return std::nullopt;
  const std::string name(room);
  const std::string wanted(key);
  try {
    Run run(by_key_);
    if (!run.bind(name, wanted).step()) return std::nullopt;
    return event_in(run, name);
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(storage_error(exception, database_, "read", file_));
  }
}

Result<bool> SqliteJournal::takes_room(std::string_view room) {
  if (retention_.rooms_max == 0 || static_cast<std::uint64_t>(rooms_) < retention_.rooms_max) return true;
  try {
    const std::string name(room);
    return Run(find_room_).bind(name).step();
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(storage_error(exception, database_, "read", file_));
  }
}

Result<bool> SqliteJournal::trim_by_age(std::uint64_t now_utc_milliseconds) {
  const auto age = retention_.age_milliseconds_max;
  if (age == 0 || now_utc_milliseconds <= age) return false;
  bool more = false;
  auto done = transact("trim", [&] { more = remove_before(pack_at_most({now_utc_milliseconds - age, 0})); });
  if (!done) return std::unexpected(done.error());
  return more;
}

bool SqliteJournal::remove_before(std::int64_t limit) {
  std::unordered_map<std::int64_t, Share> shares;
  std::size_t count = 0;
  std::int64_t last = 0;
  bool more = false;
  {
    Run run(oldest_);
    run.bind(limit, limit_of(kTrimEventsMax + 1));
    while (run.step()) {
      more = count == kTrimEventsMax;
      if (more) break;
      ++count;
      last = run.integer(0);
      Share& share = shares[run.integer(1)];
      share.room_id = run.integer(1);
      share.last = last;
      ++share.events;
    }
  }
  if (count == 0) return false;
  Run(remove_through_).bind(last).step();
  for (const auto& [room_id, share] : shares) shrink_room(share);
  return more;
}

Result<Erased> SqliteJournal::erase(std::string_view author, const std::string& from) {
  const std::int64_t after = from.empty() ? -1 : pack_at_most(parse_event_id(from).value_or(EventId{}));
  const std::string wanted(author);
  Erased erased;
  auto done = transact("erase from", [&] {
    std::int64_t through = 0;
    std::int64_t count = 0;
    {
      Run run(look_);
      run.bind(after, limit_of(kEraseLookMax)).step();
      through = run.integer(0);
      count = run.integer(1);
    }
    erased = {};
    if (count == 0) return;
    erased.events = remove_written_by(wanted, after, through);
    if (count == limit_of(kEraseLookMax)) erased.end = to_string(unpack(through));
  });
  if (!done) return std::unexpected(done.error());
  return erased;
}

std::uint64_t SqliteJournal::remove_written_by(const std::string& author, std::int64_t after,
                                               std::int64_t through) {
  std::unordered_map<std::int64_t, std::int64_t> removed;  // by room
  std::vector<std::pair<std::int64_t, std::string>> topics;
  std::uint64_t count = 0;
  {
    Run run(remove_written_by_);
    run.bind(after, through, author);
    while (run.step()) {
      ++count;
      ++removed[run.integer(0)];
      const bool is_topic = run.integer(1) == static_cast<std::int64_t>(room::EventKind::kTopic);
      if (is_topic) topics.emplace_back(run.integer(0), run.text(2));
    }
  }
  for (const auto& [room_id, events] : removed) Run(shrink_any_room_).bind(events, room_id).step();
  for (const auto& [room_id, topic] : topics) Run(clear_topic_).bind(room_id, topic).step();
  return count;
}

}  // namespace

Result<std::unique_ptr<EmbeddedJournal>> open_sqlite_journal(const SqliteOptions& options,
                                                             const Clock& clock) {
  std::error_code error;
  const auto directory = std::filesystem::absolute(options.directory, error);
  if (error) {
    return fail(Code::kUsage, "cannot use the data directory " + options.directory.string() + ": " +
                                  error.message() + "; give its full path");
  }
  auto lock = DirectoryLock::acquire(directory.lexically_normal());
  if (!lock) return std::unexpected(lock.error());
  const SqliteFile file{file_in(directory.lexically_normal()), options.vfs, options.readiness};
  try {
    auto opened = open_sqlite_file(file, options.durability, clock);
    if (!opened) return std::unexpected(opened.error());
    return std::make_unique<SqliteJournal>(*std::move(lock), *std::move(opened), options.retention);
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(opening_error(exception, file));
  }
}

}  // namespace tinychat::journal
