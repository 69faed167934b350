#include "journal/sqlite_passes.h"

#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

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
  explicit SqlitePasses(SharedSqliteAccess access) : access_(std::move(access)) {}

  Result<void> add_token(const AccessToken& token, std::string_view hash) override {
    std::optional<Error> refusal;
    auto done = access_->transact([&] {
      if (access_->count("SELECT count(*) FROM access_token") >=
          static_cast<std::int64_t>(limits::kTokensMax)) {
        refusal = too_many_tokens();
        return;
      }
      auto named = access_->statement("SELECT 1 FROM access_token WHERE name = ?");
      if (Run(named).bind(token.name).step()) {
        refusal = token_name_taken(token.name);
        return;
      }
      auto add = access_->statement(
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
    auto found = access_->read([&]() -> std::optional<AccessToken> {
      if (!find_token_) {
        find_token_.emplace(access_->database(), std::string("SELECT ") + kTokenColumns +
                                                     " FROM access_token WHERE token_hash = ?");
      }
      Run run(*find_token_);
      if (!run.bind(its_hash).step()) return std::nullopt;
      return token_in(run);
    });
    if (!found || !*found) return found;
    auto& token = **found;
    if (token.expires_milliseconds != 0 && token.expires_milliseconds <= now) return std::nullopt;
    if (now <= token.used_milliseconds + limits::kSessionSeenLag.count()) return found;
    auto used = access_->transact([&] {
      auto use = access_->statement("UPDATE access_token SET last_used = ? WHERE token_hash = ?");
      Run(use).bind(stored(now), its_hash).step();
    });
    // It is good also if that cannot be written down.
    if (!used) log(info(used.error().code).log_level, used.error().detail);
    token.used_milliseconds = now;
    return found;
  }

  Result<std::vector<AccessToken>> tokens() override {
    return access_->read([&] {
      std::vector<AccessToken> all;
      auto select =
          access_->statement(std::string("SELECT ") + kTokenColumns + " FROM access_token ORDER BY name");
      Run run(select);
      while (run.step()) all.push_back(token_in(run));
      return all;
    });
  }

  Result<bool> revoke_token(std::string_view name) override {
    bool is_revoked = false;
    auto done = access_->transact([&] {
      const std::string its_name(name);
      auto remove = access_->statement("DELETE FROM access_token WHERE name = ? RETURNING public_id");
      Run run(remove);
      is_revoked = run.bind(its_name).step();
      if (is_revoked) note_revoked(*access_, room::holder_of(room::TokenHolder{run.text(0), {}}));
    });
    if (!done) return std::unexpected(done.error());
    return is_revoked;
  }

  Result<void> put_link(const Link& link, std::string_view hash) override {
    return access_->transact([&] {
      const std::string its_hash(hash);
      auto put = access_->statement(
          "INSERT OR REPLACE INTO link (role, link_hash, code, expires, uses_left) VALUES (?, ?, ?, ?, ?)");
      Run(put)
          .bind(static_cast<std::int64_t>(link.role), its_hash, link.code, stored(link.expires_milliseconds),
                link.uses_left)
          .step();
    });
  }

  Result<std::optional<Link>> find_link(room::Role role) override {
    return access_->read([&]() -> std::optional<Link> {
      auto select = access_->statement("SELECT code, expires, uses_left FROM link WHERE role = ?");
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
    auto done = access_->transact([&] {
      const std::string its_hash(hash);
      auto use = access_->statement(
          "UPDATE link SET uses_left = uses_left - (uses_left > 0) "
          "WHERE link_hash = ? AND uses_left <> 0 AND (expires = 0 OR expires > ?) RETURNING role");
      Run run(use);
      if (run.bind(its_hash, stored(now)).step()) role = static_cast<room::Role>(run.integer(0));
    });
    if (!done) return std::unexpected(done.error());
    return role;
  }

  Result<void> revoke(std::string_view holder) override {
    return access_->transact([&] { note_revoked(*access_, std::string(holder)); });
  }

  Result<Revocations> revoked_after(const std::string& place) override {
    return access_->read([&] {
      Revocations revocations{.holders = {}, .place = place.empty() ? "0" : place};
      if (!revoked_after_) {
        revoked_after_.emplace(access_->database(),
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
  const SharedSqliteAccess access_;
  std::optional<SQLite::Statement> find_token_;
  std::optional<SQLite::Statement> revoked_after_;
};

}  // namespace

void note_revoked(SqliteAccess& access, const std::string& holder) {
  auto note = access.statement("INSERT INTO revocation (holder) VALUES (?)");
  Run(note).bind(holder).step();
  // Whoever asks does so every few seconds.
  access.database().exec(
      "DELETE FROM revocation WHERE revocation_id <= (SELECT max(revocation_id) FROM revocation) - " +
      std::to_string(limits::kRevocationsKept));
}

std::unique_ptr<Passes> open_sqlite_passes(SharedSqliteAccess access) {
  return std::make_unique<SqlitePasses>(std::move(access));
}

}  // namespace tinychat::journal
