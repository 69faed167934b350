#include "journal/sqlite_passes.h"

#include <sqlite3.h>

#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "journal/sqlite_connection.h"
#include "journal/sqlite_file.h"

namespace tinychat::journal {
namespace {

std::int64_t stored(std::uint64_t milliseconds) { return static_cast<std::int64_t>(milliseconds); }
std::uint64_t milliseconds_in(const Run& run, int column) {
  return static_cast<std::uint64_t>(run.integer(column));
}

constexpr const char* kTokenColumns = "public_id, name, scopes, rooms, created, expires, last_used";

AccessToken token_in(const Run& run) {
  return {.id = run.text(0),
          .name = run.text(1),
          .grant = {.scopes = static_cast<std::uint8_t>(run.integer(2)), .rooms = split_rooms(run.text(3))},
          .created_milliseconds = milliseconds_in(run, 4),
          .expires_milliseconds = milliseconds_in(run, 5),
          .used_milliseconds = milliseconds_in(run, 6)};
}

class SqlitePasses final : public Passes {
 public:
  explicit SqlitePasses(SqliteFile file) : file_(std::move(file)) {}

  Result<void> add_token(const AccessToken& token, std::string_view hash) override {
    std::optional<Error> refusal;
    auto done = transact([&] {
      if (count("SELECT count(*) FROM access_token") >= static_cast<std::int64_t>(limits::kTokensMax)) {
        refusal = too_many_tokens();
        return;
      }
      auto named = statement("SELECT 1 FROM access_token WHERE name = ?");
      if (Run(named).bind(token.name).step()) {
        refusal = token_name_taken(token.name);
        return;
      }
      auto add = statement(
          "INSERT INTO access_token (token_hash, public_id, name, scopes, rooms, created, expires, "
          "last_used) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
      const std::string its_hash(hash);
      const std::string rooms = joined_rooms(token.grant);
      Run(add)
          .bind(its_hash, token.id, token.name, std::int64_t{token.grant.scopes}, rooms,
                stored(token.created_milliseconds), stored(token.expires_milliseconds),
                stored(token.used_milliseconds))
          .step();
    });
    if (!done) return done;
    if (refusal) return std::unexpected(std::move(*refusal));
    return {};
  }

  Result<std::optional<AccessToken>> find_token(std::string_view hash, std::uint64_t now) override {
    const std::string its_hash(hash);
    auto found = read([&]() -> std::optional<AccessToken> {
      if (!find_token_) {
        find_token_.emplace(
            *database_, std::string("SELECT ") + kTokenColumns + " FROM access_token WHERE token_hash = ?");
      }
      Run run(*find_token_);
      if (!run.bind(its_hash).step()) return std::nullopt;
      return token_in(run);
    });
    if (!found || !*found) return found;
    auto& token = **found;
    if (token.expires_milliseconds != 0 && token.expires_milliseconds <= now) return std::nullopt;
    if (now <= token.used_milliseconds + limits::kSessionSeenLag.count()) return found;
    auto used = transact([&] {
      auto use = statement("UPDATE access_token SET last_used = ? WHERE token_hash = ?");
      Run(use).bind(stored(now), its_hash).step();
    });
    // It is good also if that cannot be written down.
    if (!used) log(info(used.error().code).log_level, used.error().detail);
    token.used_milliseconds = now;
    return found;
  }

  Result<std::vector<AccessToken>> tokens() override {
    return read([&] {
      std::vector<AccessToken> all;
      auto select = statement(std::string("SELECT ") + kTokenColumns + " FROM access_token ORDER BY name");
      Run run(select);
      while (run.step()) all.push_back(token_in(run));
      return all;
    });
  }

  Result<bool> revoke_token(std::string_view name) override {
    bool is_revoked = false;
    auto done = transact([&] {
      const std::string its_name(name);
      auto remove = statement("DELETE FROM access_token WHERE name = ? RETURNING public_id");
      Run run(remove);
      is_revoked = run.bind(its_name).step();
      if (is_revoked) note_revoked(room::holder_of(room::TokenHolder{run.text(0), {}}));
    });
    if (!done) return std::unexpected(done.error());
    return is_revoked;
  }

  Result<void> put_link(const Link& link, std::string_view hash) override {
    return transact([&] {
      const std::string its_hash(hash);
      auto put = statement(
          "INSERT OR REPLACE INTO link (role, link_hash, code, expires, uses_left) VALUES (?, ?, ?, ?, ?)");
      Run(put)
          .bind(static_cast<std::int64_t>(link.role), its_hash, link.code, stored(link.expires_milliseconds),
                link.uses_left)
          .step();
    });
  }

  Result<std::optional<Link>> find_link(room::Role role) override {
    return read([&]() -> std::optional<Link> {
      auto select = statement("SELECT code, expires, uses_left FROM link WHERE role = ?");
      Run run(select);
      if (!run.bind(static_cast<std::int64_t>(role)).step()) return std::nullopt;
      return Link{.role = role,
                  .code = run.text(0),
                  .expires_milliseconds = milliseconds_in(run, 1),
                  .uses_left = run.integer(2)};
    });
  }

  Result<std::optional<room::Role>> use_link(std::string_view hash, std::uint64_t now) override {
    std::optional<room::Role> role;
    auto done = transact([&] {
      const std::string its_hash(hash);
      auto use = statement(
          "UPDATE link SET uses_left = uses_left - (uses_left > 0) "
          "WHERE link_hash = ? AND uses_left <> 0 AND (expires = 0 OR expires > ?) RETURNING role");
      Run run(use);
      if (run.bind(its_hash, stored(now)).step()) role = static_cast<room::Role>(run.integer(0));
    });
    if (!done) return std::unexpected(done.error());
    return role;
  }

  Result<void> revoke(std::string_view holder) override {
    return transact([&] { note_revoked(std::string(holder)); });
  }

  Result<Revocations> revoked_after(const std::string& place) override {
    return read([&] {
      Revocations revocations{.holders = {}, .place = place.empty() ? "0" : place};
      if (!revoked_after_) {
        revoked_after_.emplace(*database_,
                               "SELECT revocation_id, holder FROM revocation WHERE revocation_id > ? "
                               "ORDER BY revocation_id");
      }
      Run run(*revoked_after_);
      run.bind(std::int64_t{std::stoll(revocations.place)});
      while (run.step()) {
        revocations.place = std::to_string(run.integer(0));
        if (!place.empty()) revocations.holders.push_back(run.text(1));
      }
      return revocations;
    });
  }

 private:
  SQLite::Statement statement(const std::string& query) { return {*database_, query}; }
  std::int64_t count(const char* query) { return database_->execAndGet(query).getInt64(); }

  void note_revoked(const std::string& holder) {
    auto note = statement("INSERT INTO revocation (holder) VALUES (?)");
    Run(note).bind(holder).step();
    // Whoever asks does so every few seconds.
    database_->exec(
        "DELETE FROM revocation WHERE revocation_id <= (SELECT max(revocation_id) FROM revocation) - " +
        std::to_string(limits::kRevocationsKept));
  }

  // Where nobody asks, this takes no memory.
  void open() {
    if (!database_) database_.emplace(connect_writer(file_, Durability::kOs));
  }

  Error error_of(const SQLite::Exception& exception, const char* what) {
    if (database_) return storage_error(exception, *database_, what, file_);
    return {Code::kStorageFailed, "cannot open " + file_.path.string() +
                                      " for tokens and links: " + exception.what() + "; check its disk"};
  }

  template <typename Body>
  auto read(Body body) -> Result<decltype(body())> {
    try {
      open();
      return body();
    } catch (const SQLite::Exception& exception) {
      return std::unexpected(error_of(exception, "read tokens and links from"));
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
      auto error = error_of(exception, "write tokens and links to");
      if (database_ && sqlite3_get_autocommit(database_->getHandle()) == 0) database_->tryExec("ROLLBACK");
      return std::unexpected(std::move(error));
    }
  }

  const SqliteFile file_;
  std::optional<SQLite::Database> database_;
  std::optional<SQLite::Statement> find_token_;
  std::optional<SQLite::Statement> revoked_after_;
};

}  // namespace

std::unique_ptr<Passes> open_sqlite_passes(const std::filesystem::path& directory, const std::string& vfs,
                                           Readiness* readiness) {
  std::error_code ignored;
  return std::make_unique<SqlitePasses>(
      SqliteFile{file_in(std::filesystem::absolute(directory, ignored).lexically_normal()), vfs, readiness});
}

}  // namespace tinychat::journal
