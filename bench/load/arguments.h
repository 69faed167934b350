// The command line, `bench_load <workload> --name value …`, and the answer, a line of JSON.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "load/common.h"
#include "load/histogram.h"
#include "load/target.h"

namespace tinychat::bench {

class Arguments {
 public:
  Arguments(int argc, char** argv);

  [[nodiscard]] const std::string& workload() const { return workload_; }
  // --target, --port, --pid
  [[nodiscard]] Target target() const;
  // Empty: it is not there.
  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] std::uint32_t number(const std::string& name, std::uint32_t otherwise) const;
  [[nodiscard]] Nanoseconds seconds(const std::string& name, double otherwise) const;
  // What stands after `--`.
  [[nodiscard]] const std::vector<std::string>& command() const { return command_; }

 private:
  std::string workload_;
  std::map<std::string, std::string> values_;
  std::vector<std::string> command_;
};

// `{"name":number,…}`
class Report {
 public:
  void add(std::string_view name, double value);
  // As <name>_p50_us, <name>_p99_us and <name>_max_us.
  void add(std::string_view name, const Histogram& times);
  void print() const;

 private:
  std::string members_;
};

}  // namespace tinychat::bench
