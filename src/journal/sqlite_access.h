// A connection to the file of the SQLite journal for what hangs on the people and is asked for seldom:
// passes, the audit log and their like share one. It is opened with the first question: where nobody asks,
// this takes no memory. Several processes may have the file open: the command line changes it while the
// server runs.
//
// Thread: that of the people.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "journal/sqlite_connection.h"

namespace tinychat::journal {

class SqliteAccess {
 public:
  explicit SqliteAccess(SqliteFile file) : file_(std::move(file)) {}

  // Within read() and transact().
  [[nodiscard]] SQLite::Database& database() { return *database_; }
  [[nodiscard]] SQLite::Statement statement(const std::string& query) { return {*database_, query}; }
  [[nodiscard]] std::int64_t count(const std::string& query) {
    return database_->execAndGet(query).getInt64();
  }

  template <typename Body>
  auto read(Body body) -> Result<decltype(body())> {
    try {
      open();
      return body();
    } catch (const SQLite::Exception& exception) {
      return std::unexpected(error_of(exception, "read rights from"));
    }
  }

  // All of `body` or nothing of it.
  template <typename Body>
  Result<void> transact(Body body) {
    try {
      open();
      database_->exec("BEGIN IMMEDIATE");
      body();
      database_->exec("COMMIT");
      return {};
    } catch (const SQLite::Exception& exception) {
      auto error = error_of(exception, "write rights to");
      if (database_ && sqlite3_get_autocommit(database_->getHandle()) == 0) database_->tryExec("ROLLBACK");
      return std::unexpected(std::move(error));
    }
  }

 private:
  void open() {
    if (!database_) database_.emplace(connect_writer(file_, Durability::kOs));
  }

  Error error_of(const SQLite::Exception& exception, const char* what) {
    if (database_) return storage_error(exception, *database_, what, file_);
    return {Code::kStorageFailed,
            "cannot open " + file_.path.string() + " for rights: " + exception.what() + "; check its disk"};
  }

  const SqliteFile file_;
  std::optional<SQLite::Database> database_;
};

using SharedSqliteAccess = std::shared_ptr<SqliteAccess>;

}  // namespace tinychat::journal
