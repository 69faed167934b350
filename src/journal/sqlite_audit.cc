#include "journal/sqlite_audit.h"

#include <charconv>
#include <limits>
#include <utility>

#include "base/limits.h"

namespace tinychat::journal {
namespace {

class SqliteAudit final : public Audit {
 public:
  explicit SqliteAudit(SharedSqliteAccess access) : access_(std::move(access)) {}

  Result<void> add(const AuditEntry& entry) override {
    return access_->transact([&] {
      auto add = access_->statement(
          "INSERT INTO audit (time, by_id, by_name, action, subject, subject_id) VALUES (?, ?, ?, ?, ?, ?)");
      Run(add)
          .bind(static_cast<std::int64_t>(entry.time_milliseconds), entry.by, entry.by_name, entry.action,
                entry.subject, entry.subject_id)
          .step();
      access_->database().exec("DELETE FROM audit WHERE audit_id <= (SELECT max(audit_id) FROM audit) - " +
                               std::to_string(limits::kAuditEntriesMax));
    });
  }

  // Places are the ids of entries.
  Result<AuditPage> page(const std::string& before, std::size_t count) override {
    std::int64_t place = std::numeric_limits<std::int64_t>::max();
    if (!before.empty()) {
      const char* const last = before.data() + before.size();
      const auto [end, error] = std::from_chars(before.data(), last, place);
      if (error != std::errc() || end != last) return std::unexpected(no_such_place());
    }
    return access_->read([&] {
      AuditPage page;
      auto select = access_->statement(
          "SELECT audit_id, time, by_id, by_name, action, subject, subject_id FROM audit WHERE audit_id < ? "
          "ORDER BY audit_id DESC LIMIT ?");
      Run run(select);
      // One more says that there are more.
      run.bind(place, limit_of(count + 1));
      std::int64_t last = 0;
      while (run.step()) {
        if (page.entries.size() == count) {
          page.before = std::to_string(last);
          break;
        }
        last = run.integer(0);
        page.entries.push_back({.time_milliseconds = static_cast<std::uint64_t>(run.integer(1)),
                                .by = run.text(2),
                                .by_name = run.text(3),
                                .action = run.text(4),
                                .subject = run.text(5),
                                .subject_id = run.text(6)});
      }
      return page;
    });
  }

 private:
  const SharedSqliteAccess access_;
};

}  // namespace

std::unique_ptr<Audit> open_sqlite_audit(SharedSqliteAccess access) {
  return std::make_unique<SqliteAudit>(std::move(access));
}

}  // namespace tinychat::journal
