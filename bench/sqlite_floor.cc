// What SQLite alone commits durably: rows of a message's size, so many a transaction, each transaction on
// disk when it returns. The measure for publishes that wait for the disk.
//
//   bench_sqlite FILE ROWS_PER_COMMIT SECONDS        prints one line of JSON
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

sqlite3* database = nullptr;

[[noreturn]] void give_up() {
  std::fprintf(stderr, "bench_sqlite: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

void execute(const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up();
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: bench_sqlite FILE ROWS_PER_COMMIT SECONDS\n", stderr);
    return 2;
  }
  const int rows = std::atoi(argv[2]);
  const double seconds = std::atof(argv[3]);
  if (sqlite3_open(argv[1], &database) != SQLITE_OK) give_up();
  execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF;"
      "CREATE TABLE IF NOT EXISTS event(id INTEGER PRIMARY KEY, room INTEGER, sender TEXT, text TEXT)");
  sqlite3_stmt* insert = nullptr;
  if (sqlite3_prepare_v2(database, "INSERT INTO event(room, sender, text) VALUES(1, 'bench', ?)", -1, &insert,
                         nullptr) != SQLITE_OK) {
    give_up();
  }
  const std::string text(150, 'x');
  long commits = 0;
  const auto begin = Clock::now();
  for (; seconds_since(begin) < seconds; ++commits) {
    execute("BEGIN");
    for (int i = 0; i < rows; ++i) {
      sqlite3_bind_text(insert, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
      if (sqlite3_step(insert) != SQLITE_DONE) give_up();
      sqlite3_reset(insert);
    }
    execute("COMMIT");
  }
  std::printf("{\"publishes_per_second\":%.1f}\n",
              static_cast<double>(commits * rows) / seconds_since(begin));
  sqlite3_finalize(insert);
  sqlite3_close(database);
}
