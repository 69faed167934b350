#include "journal/memory_audit.h"

#include <charconv>
#include <deque>

#include "base/limits.h"

namespace tinychat::journal {
namespace {

class MemoryAudit final : public Audit {
 public:
  Result<void> add(const AuditEntry& entry) override {
    entries_.push_back(entry);
    if (entries_.size() <= limits::kAuditEntriesMax) return {};
    entries_.pop_front();
    ++forgotten_;
    return {};
  }

  // Places are numbers of entries since the beginning.
  Result<AuditPage> page(const std::string& before, std::size_t count) override {
    std::uint64_t place = forgotten_ + entries_.size();
    if (!before.empty()) {
      const char* const last = before.data() + before.size();
      const auto [end, error] = std::from_chars(before.data(), last, place);
      if (error != std::errc() || end != last) return std::unexpected(no_such_place());
      place = std::min<std::uint64_t>(place, forgotten_ + entries_.size());
    }
    AuditPage page;
    for (; place > forgotten_ && page.entries.size() < count; --place) {
      page.entries.push_back(entries_[place - forgotten_ - 1]);
    }
    if (place > forgotten_) page.before = std::to_string(place);
    return page;
  }

 private:
  std::deque<AuditEntry> entries_;  // the oldest first
  std::uint64_t forgotten_ = 0;
};

}  // namespace

std::unique_ptr<Audit> make_memory_audit() { return std::make_unique<MemoryAudit>(); }

}  // namespace tinychat::journal
