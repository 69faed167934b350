// The load generator: a workload against a server that runs already (cold-start starts it itself).
//
//   bench_load <workload> --target tinychat|floor|nchan --port PORT --pid PID [--name value …]
//
// It is what script/bench runs; the workloads and their options are in workloads.h.
#include <array>
#include <string_view>
#include <utility>

#include "load/workloads.h"

int main(int argc, char** argv) {
  using namespace tinychat::bench;
  const Arguments arguments(argc, argv);
  constexpr std::array<std::pair<std::string_view, void (*)(const Arguments&)>, 7> kWorkloads = {{
      {"fill", run_fill},
      {"fan-out", run_fan_out},
      {"connect", run_connect},
      {"replay", run_replay},
      {"publish", run_publish},
      {"history", run_history},
      {"cold-start", run_cold_start},
  }};
  for (const auto& [name, run] : kWorkloads) {
    if (name == arguments.workload()) {
      run(arguments);
      return 0;
    }
  }
  fail_run("there is no workload " + arguments.workload());
}
