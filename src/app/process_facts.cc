#include "app/process_facts.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace tinychat::app {
namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Fields of /proc/self/stat (proc(5)) from the third on: the second, a name in parentheses, may hold
// anything.
std::vector<std::string> stat_fields() {
  const std::string text = read_file("/proc/self/stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  return {std::istream_iterator<std::string>(fields), {}};
}

// Linux 6.2 and later say it as a size; before, they are to be counted.
std::optional<std::uint64_t> count_descriptors() {
  struct stat about{};
  if (::stat("/proc/self/fd", &about) == 0 && about.st_size > 0) {
    return static_cast<std::uint64_t>(about.st_size);
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), &::closedir);
  if (!directory) return std::nullopt;
  std::uint64_t count = 0;
  // One stream, one thread.
  while (::readdir(directory.get()) != nullptr) ++count;  // NOLINT(concurrency-mt-unsafe)
  // Without `.`, `..` and the directory itself.
  return count - 3;
}

}  // namespace

ProcessFacts process_facts() {
  ProcessFacts facts;
  const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (const auto fields = stat_fields(); fields.size() > 21) {
    // proc(5) counts from 1, and two are missing here.
    const auto number = [&](std::size_t field) { return std::stoull(fields[field - 3]); };
    facts.cpu_seconds = static_cast<double>(number(14) + number(15)) / ticks_per_second;
    facts.threads = number(20);
    facts.virtual_bytes = number(23);
    facts.resident_bytes = number(24) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  facts.open_descriptors = count_descriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.descriptors_max = limit.rlim_cur;
  return facts;
}

std::optional<DiskFacts> disk_facts(const std::filesystem::path& directory) {
  struct statvfs about{};
  if (::statvfs(directory.c_str(), &about) != 0) return std::nullopt;
  DiskFacts facts;
  facts.free_bytes = std::uint64_t{about.f_bavail} * about.f_frsize;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto bytes = entry->file_size(error);
    // It may be gone by now, or be no file.
    if (!error) facts.used_bytes += bytes;
    error.clear();
  }
  return facts;
}

}  // namespace tinychat::app
