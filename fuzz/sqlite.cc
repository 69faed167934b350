// A damaged file. A journal with something in it is made once; the input says what becomes of its bytes, and
// the journal and the people in it are opened, read and written to: either that works or there is an error
// that says so. Never does it end the process or take for ever.
//
// The input: records of an offset (4 bytes, little-endian, taken round the file's length), a length (1 byte)
// and so many bytes to be put there. A record of length 255 cuts the file off at its offset instead. In one
// of length 254 the offset chooses a column, and the eight bytes that follow are its value in every row: a
// file that SQLite finds nothing wrong with, and that we never wrote.
#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/clock.h"
#include "fuzz/support/check.h"
#include "fuzz/support/sse_reader.h"
#include "journal/sqlite_journal.h"
#include "journal/sqlite_people.h"
#include "room/rendered_event.h"

namespace tinychat::fuzz {
namespace {

namespace fs = std::filesystem;

// In memory, and gone with the process.
class Directory {
 public:
  Directory()
      : path_(fs::exists("/dev/shm") ? "/dev/shm/tinychat-fuzz-XXXXXX" : "/tmp/tinychat-fuzz-XXXXXX") {
    expect(::mkdtemp(path_.data()) != nullptr, "a directory");
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() { fs::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file() const { return path_ + "/tinychat.db"; }
  void clear() const {
    for (const auto& entry : fs::directory_iterator(path_)) fs::remove_all(entry.path());
  }

 private:
  std::string path_;
};

const std::vector<std::string>& rooms() {
  static const std::vector<std::string> names = {"everyone", "caf\xc3\xa9", "a/b"};
  return names;
}

journal::SqliteOptions options_for(const Directory& directory) {
  return {.directory = directory.path(),
          .durability = journal::Durability::kOs,
          .retention = {.messages_max = 40, .age_milliseconds_max = 3'600'000},
          .vfs = {}};
}

// Some of them do not fit a page.
std::size_t text_bytes(int i) { return static_cast<std::size_t>(i % 40 == 5 ? 9000 : i * 37 % 400); }

void publish(journal::Journal& journal, int count, std::uint64_t now) {
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    std::vector<journal::Publication> publications;
    publications.push_back({.room = rooms()[static_cast<std::size_t>(i) % rooms().size()],
                            .sender = "mason",
                            .text = std::string(text_bytes(i), 'x') + number,
                            .idempotency_key = i % 3 == 0 ? "key-" + number : ""});
    for (const auto& published : journal.publish(publications, now + static_cast<std::uint64_t>(i))) {
      if (!published) expect_tellable(published.error());
    }
  }
}

void visit(journal::People& people, std::uint64_t now) {
  const auto tell = [](const auto& result) {
    if (!result) expect_tellable(result.error());
  };
  tell(people.add({.id = "u1", .name = "mason", .created_milliseconds = now},
                  {.id = "s1", .created_milliseconds = now, .seen_milliseconds = now, .user_agent = "x"},
                  "hash"));
  tell(people.visit("hash", now));
  tell(people.rename("u1", "tom"));
  tell(people.sessions("u1"));
  tell(people.change("u1", {.room = "everyone", .read_through = EventId{now, 1}}));
  tell(people.change("u1", {.room = "a/b", .notifications = journal::Notifications::kAll}));
  tell(people.memberships("u1"));
  tell(people.leave("u1", "a/b"));
}

constexpr std::uint64_t kThen = 1'700'000'000'000;

// The bytes of a journal in good order.
std::string make_file() {
  const Directory directory;
  ManualClock clock;
  clock.set_utc_milliseconds(kThen - 1);
  {
    auto journal = journal::open_sqlite_journal(options_for(directory), clock);
    expect(journal.has_value(), "a journal");
    publish(**journal, 90, kThen);
    visit(*journal::open_sqlite_people(directory.path()), kThen);
  }
  std::ifstream file(directory.file(), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  expect(bytes.size() > 20'000, "a journal with something in it");
  return bytes;
}

struct Value {
  std::size_t column = 0;
  std::int64_t number = 0;
};

const std::vector<std::string>& columns() {
  static const std::vector<std::string> updates = {
      "UPDATE room SET messages = ?1",
      "UPDATE room SET last_id = ?1",
      "UPDATE room SET trimmed_through = ?1",
      "UPDATE room SET room_id = ?1 WHERE name = 'everyone'",
      "UPDATE room SET topic = CAST(?1 AS BLOB)",
      "UPDATE room SET name = CAST(?1 AS BLOB) WHERE name = 'everyone'",
      "UPDATE event SET id = ?1 WHERE id = (SELECT max(id) FROM event)",
      "UPDATE event SET id = ?1 WHERE id = (SELECT min(id) FROM event)",
      "UPDATE event SET room_id = ?1",
      "UPDATE event SET kind = ?1",
      "UPDATE event SET sender = ?1",
      "UPDATE event SET text = CAST(?1 AS BLOB)",
      "UPDATE event SET text = randomblob(?1 % 100000)",
      "UPDATE event SET author = CAST(?1 AS BLOB)",
      "UPDATE journal SET origin = ?1",
      "UPDATE journal SET fences = ?1",
      "UPDATE user SET created = ?1",
      "UPDATE user SET name = CAST(?1 AS BLOB)",
      "UPDATE session SET last_seen = ?1",
      "UPDATE session SET user_id = ?1",
      "UPDATE membership SET read_through = ?1",
      "UPDATE membership SET notifications = ?1",
      "UPDATE membership SET room = CAST(?1 AS BLOB)",
      "DELETE FROM journal WHERE ?1",
      "DELETE FROM room WHERE room_id = ?1 % 4",
      "DELETE FROM event WHERE id % 3 = ?1 % 3"};
  return updates;
}

// Whatever SQLite says to it, as far as it goes.
void change(const std::string& path, const std::vector<Value>& values) {
  if (values.empty()) return;
  try {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    for (const auto& [column, number] : values) {
      try {
        SQLite::Statement update(database, columns()[column % columns().size()]);
        update.bind(1, number);
        update.exec();
      } catch (const SQLite::Exception&) {
        // It does not fit; the others may.
      }
    }
  } catch (const SQLite::Exception&) {
    // It is no database any more.
  }
}

// The number at the beginning of `input`, little-endian.
std::uint64_t number_in(std::string_view input, std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = std::min(bytes, input.size()); i-- > 0;) {
    number = number << 8U | static_cast<unsigned char>(input[i]);
  }
  return number;
}

// What is left to be changed when the bytes are in a file.
std::vector<Value> damage(std::string& file, std::string_view input) {
  std::vector<Value> values;
  while (input.size() >= 5 && !file.empty()) {
    const auto offset = static_cast<std::size_t>(number_in(input, 4));
    const auto length = static_cast<unsigned char>(input[4]);
    input.remove_prefix(5);
    if (length == 255) {
      file.resize(offset % file.size());
      continue;
    }
    std::size_t used = length;
    if (length == 254) {
      values.push_back({.column = offset, .number = static_cast<std::int64_t>(number_in(input, 8))});
      used = 8;
    } else {
      const auto begin = offset % file.size();
      const auto bytes = input.substr(0, std::min<std::size_t>(length, file.size() - begin));
      file.replace(begin, bytes.size(), bytes);
    }
    input.remove_prefix(std::min(input.size(), used));
  }
  return values;
}

// Whatever stands in the file: one event of it. (The first of a page is enough: this is what takes long.)
void expect_renderable(const std::vector<room::Event>& events) {
  if (events.empty()) return;
  for (const auto& frame : room::render(events.front()).frames) {
    expect(read_events(frame.plain()).size() == 1, "one event of a row");
  }
}

void read(journal::Journal& journal) {
  auto reader = journal.open_reader();
  if (!reader) {
    expect_tellable(reader.error());
    return;
  }
  EventId cursor;
  for (int i = 0; i < 20; ++i) {
    const auto page = (*reader)->read_after(rooms(), cursor, journal.head(), 16, 16 * 1024);
    if (!page) {
      expect_tellable(page.error());
      break;
    }
    expect_renderable(page->events);
    if (page->complete || page->events.empty()) break;
    expect(page->events.back().id > cursor, "pages that go on");
    cursor = page->events.back().id;
  }
  for (const auto& room : rooms()) {
    if (const auto page = (*reader)->read_before(room, {.milliseconds = kThen + 50}, 20))
      expect_renderable(*page);
    if (const auto summary = (*reader)->find_room(room); !summary) expect_tellable(summary.error());
  }
  if (const auto found = (*reader)->rooms("", 100); !found) expect_tellable(found.error());
  if (const auto found = (*reader)->find("everyone", {.milliseconds = kThen}); !found)
    expect_tellable(found.error());
}

void look_at(std::string_view input) {
  static const std::string good = make_file();
  static const Directory directory;
  directory.clear();
  std::string bytes = good;
  const auto values = damage(bytes, input);
  std::ofstream(directory.file(), std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));

  change(directory.file(), values);

  ManualClock clock;
  clock.set_utc_milliseconds(kThen + 1000);
  auto journal = journal::open_sqlite_journal(options_for(directory), clock);
  if (!journal) {
    expect(journal.error().code == Code::kUsage, "an error of usage");
    expect_tellable(journal.error());
    return;
  }
  const auto people = journal::open_sqlite_people(directory.path());
  read(**journal);
  publish(**journal, 7, kThen + 1000);
  visit(*people, kThen + 1000);
  if (const auto trimmed = (*journal)->trim_by_age(kThen + 3'600'020); !trimmed)
    expect_tellable(trimmed.error());
  if (const auto checked = (*journal)->check(); !checked) expect_tellable(checked.error());
  read(**journal);
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
