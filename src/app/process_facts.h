// What the operating system knows of this process. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace tinychat::app {

// Each is absent where it cannot be learned.
struct ProcessFacts {
  std::optional<double> cpu_seconds;
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> virtual_bytes;
  std::optional<std::uint64_t> threads;
  std::optional<std::uint64_t> open_descriptors;
  std::optional<std::uint64_t> descriptors_max;
};
[[nodiscard]] ProcessFacts process_facts();

struct DiskFacts {
  std::uint64_t used_bytes = 0;  // by the files in the directory
  std::uint64_t free_bytes = 0;  // for us, where the directory is
};
[[nodiscard]] std::optional<DiskFacts> disk_facts(const std::filesystem::path& directory);

}  // namespace tinychat::app
