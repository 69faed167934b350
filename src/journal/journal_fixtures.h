// What the journal's tests share: a directory of their own, events, and the journals under test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "journal/faulty_journal.h"
#include "journal/journal.h"
#include "journal/memory_journal.h"
#include "journal/sqlite_journal.h"

namespace tinychat::journal {

// In memory where there is such a file system: these tests sync thousands of times.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = "/dev/shm/tinychat-journal-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      name = (std::filesystem::temp_directory_path() / "tinychat-journal-XXXXXX").string();
      if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    }
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// ManualClock's first time: the origin of every journal of these tests.
inline constexpr std::uint64_t kOriginMilliseconds = 1'700'000'000'000;

// The id `n` milliseconds after the origin.
inline EventId at(std::uint64_t n, std::uint64_t sequence = 0) { return {kOriginMilliseconds + n, sequence}; }

inline room::Event event(EventId id, std::string room, std::string key = "") {
  const std::string text = "text of " + to_string(id);
  return {
      .id = id, .room = std::move(room), .sender = "mason", .text = text, .idempotency_key = std::move(key)};
}

inline std::vector<EventId> ids(const std::vector<room::Event>& events) {
  std::vector<EventId> result;
  for (const auto& each : events) result.push_back(each.id);
  return result;
}

inline constexpr EventId kEnd = kEndOfTime;
inline constexpr std::size_t kMany = 1'000'000;

}  // namespace tinychat::journal

namespace tinychat {

// How GoogleTest shows it.
inline void PrintTo(const EventId& id, std::ostream* out) { *out << to_string(id); }

}  // namespace tinychat
