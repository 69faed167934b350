#include "journal/sqlite_reader.h"

#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "journal/packed_id.h"

namespace tinychat::journal {
namespace {

std::string select_event(const char* rest) { return std::string("SELECT ") + kEventColumns + ' ' + rest; }

class SqliteReader final : public JournalReader {
 public:
  SqliteReader(const SqliteFile& file, EventId origin)
      : file_(file), origin_(origin), database_(connect_reader(file)) {}

  Result<Page> read_after(std::span<const std::string> rooms, EventId after, EventId through,
                          std::size_t events_max, std::size_t bytes_max) override;
  Result<std::vector<room::Event>> read_before(std::string_view room, EventId before,
                                               std::size_t count) override;
  Result<std::optional<room::Event>> find(std::string_view room, EventId id) override;
  Result<std::optional<RoomSummary>> find_room(std::string_view room) override;
  Result<std::vector<RoomSummary>> rooms(std::string_view after, std::size_t count) override;

 private:
  static RoomSummary summary_in(const Run& run) {
    return {.name = run.text(0),
            .messages = static_cast<std::uint64_t>(run.integer(1)),
            .last = unpack(run.integer(2)),
            .topic = run.text(3)};
  }

  struct Found {
    std::int64_t id;
    const std::string* room;
    friend bool operator<(const Found& a, const Found& b) { return a.id < b.id; }
  };

  // Runs `body` in one read transaction, or at least one statement: it sees one state of the journal.
  template <typename Body>
  auto reading(const char* what, Body body) -> Result<decltype(body())> {
    try {
      return body();
    } catch (const SQLite::Exception& exception) {
      return std::unexpected(storage_error(exception, database_, what, file_));
    }
  }

  void collect(const std::string& room, std::int64_t after, std::int64_t through, std::size_t count,
               std::vector<Found>& found, bool& gap);
  std::vector<Found> first_ids(std::span<const std::string> rooms, std::int64_t after, std::int64_t through,
                               std::size_t count, bool& gap);

  const SqliteFile file_;
  const EventId origin_;
  SQLite::Database database_;
  SQLite::Statement begin_{database_, "BEGIN"};
  SQLite::Statement end_{database_, "ROLLBACK"};
  SQLite::Statement room_{database_, "SELECT room_id, trimmed_through FROM room WHERE name = ?"};
  SQLite::Statement ids_after_{
      database_, "SELECT id FROM event WHERE room_id = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"};
  SQLite::Statement event_{database_, select_event("FROM event WHERE id = ?")};
  SQLite::Statement before_{database_, select_event("FROM room JOIN event USING (room_id) "
                                                    "WHERE name = ? AND id <= ? ORDER BY id DESC LIMIT ?")};
  SQLite::Statement find_{database_, select_event("FROM room JOIN event USING (room_id) "
                                                  "WHERE name = ? AND id = ?")};
  SQLite::Statement find_room_{database_, "SELECT name, messages, last_id, topic FROM room WHERE name = ?"};
  SQLite::Statement rooms_{database_,
                           "SELECT name, messages, last_id, topic FROM room WHERE name > ? "
                           "ORDER BY name LIMIT ?"};
};

// The read transaction begins with the first read after BEGIN.
class Snapshot {
 public:
  Snapshot(SQLite::Statement& begin, SQLite::Statement& end) : end_(end) { Run(begin).step(); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() {
    end_.tryExecuteStep();
    end_.tryReset();
  }

 private:
  SQLite::Statement& end_;
};

void SqliteReader::collect(const std::string& room, std::int64_t after, std::int64_t through,
                           std::size_t count, std::vector<Found>& found, bool& gap) {
  std::int64_t room_id = 0;
  {
    Run run(room_);
    if (!run.bind(room).step()) return;
    room_id = run.integer(0);
    if (run.integer(1) > after) gap = true;
  }
  Run run(ids_after_);
  run.bind(room_id, after, through, limit_of(count));
  while (run.step()) found.push_back({run.integer(0), &room});
}

// The `count` smallest ids of all the rooms. Only the index is read, and once there are enough, the
// greatest of them bounds what is read of the rooms that follow.
std::vector<SqliteReader::Found> SqliteReader::first_ids(std::span<const std::string> rooms,
                                                         std::int64_t after, std::int64_t through,
                                                         std::size_t count, bool& gap) {
  std::vector<const std::string*> distinct;
  distinct.reserve(rooms.size());
  for (const auto& room : rooms) distinct.push_back(&room);
  const auto by_name = [](const std::string* a, const std::string* b) { return *a < *b; };
  const auto same_name = [](const std::string* a, const std::string* b) { return *a == *b; };
  std::sort(distinct.begin(), distinct.end(), by_name);
  distinct.erase(std::unique(distinct.begin(), distinct.end(), same_name), distinct.end());

  std::vector<Found> found;
  for (const std::string* room : distinct) {
    const auto sorted = static_cast<std::ptrdiff_t>(found.size());
    collect(*room, after, through, count, found, gap);
    std::inplace_merge(found.begin(), found.begin() + sorted, found.end());
    if (found.size() < count) continue;
    found.resize(count);
    through = found.back().id;
  }
  return found;
}

Result<Page> SqliteReader::read_after(std::span<const std::string> rooms, EventId after, EventId through,
                                      std::size_t events_max, std::size_t bytes_max) {
  return reading("read", [&] {
    Snapshot snapshot(begin_, end_);
    Page page;
    page.gap = after != EventId{} && after < origin_;
    // One more than asked for tells whether the page is complete.
    const auto wanted = static_cast<std::size_t>(limit_of(events_max)) + 1;
    const auto found = first_ids(rooms, pack_at_most(after), pack_at_most(through), wanted, page.gap);
    std::size_t bytes = 0;
    for (const auto& [id, room] : found) {
      page.complete = false;
      if (page.events.size() + 1 == wanted) return page;
      Run run(event_);
      if (!run.bind(id).step())
        throw SQLite::Exception("the index names an event that is not there", SQLITE_CORRUPT);
      auto event = event_in(run, *room);
      bytes += event.sender.size() + event.text.size();
      if (bytes > bytes_max && !page.events.empty()) return page;
      page.events.push_back(std::move(event));
    }
    page.complete = true;
    return page;
  });
}

Result<std::vector<room::Event>> SqliteReader::read_before(std::string_view room, EventId before,
                                                           std::size_t count) {
  return reading("read", [&] {
    const std::string name(room);
    std::vector<room::Event> events;
    Run run(before_);
    run.bind(name, pack_below(before), limit_of(count));
    while (run.step()) events.push_back(event_in(run, name));
    std::reverse(events.begin(), events.end());
    return events;
  });
}

Result<std::optional<room::Event>> SqliteReader::find(std::string_view room, EventId id) {
  return reading("read", [&]() -> std::optional<room::Event> {
    const auto packed = pack_exactly(id);
    if (!packed) return std::nullopt;
    const std::string name(room);
    Run run(find_);
    if (!run.bind(name, *packed).step()) return std::nullopt;
    return event_in(run, name);
  });
}

Result<std::optional<RoomSummary>> SqliteReader::find_room(std::string_view room) {
  return reading("read", [&]() -> std::optional<RoomSummary> {
    const std::string name(room);
    Run run(find_room_);
    if (!run.bind(name).step()) return std::nullopt;
    return summary_in(run);
  });
}

Result<std::vector<RoomSummary>> SqliteReader::rooms(std::string_view after, std::size_t count) {
  return reading("read", [&] {
    const std::string name(after);
    std::vector<RoomSummary> summaries;
    Run run(rooms_);
    run.bind(name, limit_of(count));
    while (run.step()) {
      summaries.push_back(summary_in(run));
    }
    return summaries;
  });
}

}  // namespace

Result<std::unique_ptr<JournalReader>> open_sqlite_reader(const SqliteFile& file, EventId origin) {
  try {
    return std::make_unique<SqliteReader>(file, origin);
  } catch (const SQLite::Exception& exception) {
    return fail(Code::kStorageFailed, "cannot open " + file.path.string() +
                                          " for reading: " + exception.what() + "; check its disk");
  }
}

}  // namespace tinychat::journal
