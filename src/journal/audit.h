// What owners did: who let whom in, who took which right away. Kept for owners to read, never to decide by.
//
// No secret is ever in it, and nothing of a private room. Times come from the caller, as everywhere with the
// people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace tinychat::journal {

struct AuditEntry {
  std::uint64_t time_milliseconds = 0;
  std::string by;          // user id; empty: the command line
  std::string by_name;     // as it was then
  std::string action;      // what was done to what, as `token.made`
  std::string subject;     // to which, for people to read
  std::string subject_id;  // where names are alike or change; may be empty

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

// Some entries, the newest first.
struct AuditPage {
  std::vector<AuditEntry> entries;
  std::string before;  // where those before them begin; empty: there are none
};

// Thread, errors and durability as People has them.
class Audit {
 public:
  Audit() = default;
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;
  virtual ~Audit() = default;

  // The oldest above limits::kAuditEntriesMax is forgotten.
  virtual Result<void> add(const AuditEntry& entry) = 0;

  // At most `count` of them, from AuditPage::before on; of none, the newest. kUnprocessable: it is no such
  // place.
  virtual Result<AuditPage> page(const std::string& before, std::size_t count) = 0;
};

// What all implementations refuse with.
[[nodiscard]] Error no_such_place();

}  // namespace tinychat::journal
