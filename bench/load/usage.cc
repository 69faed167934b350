#include "load/usage.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace tinychat::bench {
namespace {

// Calls for the process and its descendants.
void for_each_process(int pid, const std::function<void(const std::string& directory)>& use) {
  const std::string directory = "/proc/" + std::to_string(pid);
  use(directory);
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(directory + "/task", error)) {
    std::ifstream children(task.path() / "children");
    for (int child = 0; children >> child;) for_each_process(child, use);
  }
}

}  // namespace

Nanoseconds cpu_time(int pid) {
  Nanoseconds sum = 0;
  for_each_process(pid, [&](const std::string& directory) {
    std::error_code error;
    for (const auto& task : std::filesystem::directory_iterator(directory + "/task", error)) {
      // The first number is the time on a processor.
      std::ifstream file(task.path() / "schedstat");
      Nanoseconds time = 0;
      if (file >> time) sum += time;
    }
  });
  if (sum == 0) fail_run("the server's process is not there any more");
  return sum;
}

double pss_kibibytes(int pid) {
  double sum = 0;
  for_each_process(pid, [&](const std::string& directory) {
    std::ifstream file(directory + "/smaps_rollup");
    for (std::string word; file >> word;) {
      double kibibytes = 0;
      if (word == "Pss:" && file >> kibibytes) sum += kibibytes;
    }
  });
  if (sum == 0) fail_run("the server's process is not there any more");
  return sum;
}

}  // namespace tinychat::bench
