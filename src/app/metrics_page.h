// Everything /metrics shows, gathered from where it is counted. docs/metrics.md says what each of them means;
// a test holds the two together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/readiness.h"
#include "hub/journal_readers.h"
#include "hub/people_desk.h"
#include "hub/shard.h"
#include "hub/tail.h"
#include "hub/writer.h"
#include "net/resources.h"

namespace tinychat::app {

// All of it outlives the pages that are made of it.
struct MetricsSources {
  std::string_view version;
  const Readiness* readiness = nullptr;
  const std::vector<std::unique_ptr<hub::Shard>>* shards = nullptr;
  const hub::Writer* writer = nullptr;
  hub::WriterInbox* writer_inbox = nullptr;
  const hub::JournalReaders* readers = nullptr;
  hub::PeopleDesk* people = nullptr;
  const hub::Tail* tail = nullptr;  // where the log is shared
  std::size_t readers_count = 0;
  std::size_t streams_max = 0;
  // Noted by the program: what the system says of it is relative to a time that a service may not read.
  std::uint64_t started_utc_milliseconds = 0;
  const net::Resources* resources = nullptr;
  std::filesystem::path data;  // where messages are kept in files; else empty
};

// Any thread.
[[nodiscard]] std::string metrics_page(const MetricsSources& sources);

}  // namespace tinychat::app
