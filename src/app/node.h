// One running server: its journal, its writer, its readers, its shards, and the order in which they
// start and stop.
//
// Thread: the one that made it.
#pragma once

#include <cstdint>
#include <memory>

#include "app/options.h"
#include "base/clock.h"
#include "base/result.h"

namespace tinychat::app {

class Node {
 public:
  // Opens the journal, listens and starts every thread; or nothing at all. Errors: kUsage with one line.
  static Result<std::unique_ptr<Node>> start(const Options& options, const Clock& clock);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  // Stops, as stop() does.
  ~Node();

  // The port that is listened on, also if any was asked for.
  [[nodiscard]] std::uint16_t port() const;

  // The same of the operator's listener; 0: there is none.
  [[nodiscard]] std::uint16_t admin_port() const;

  // Accepts no more, says good-bye to the streams, answers what is under way (for a bounded time),
  // commits what was taken, and ends every thread.
  void stop();

 private:
  struct Impl;
  explicit Node(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace tinychat::app
