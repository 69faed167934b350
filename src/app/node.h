// One running server: its journal, its writer, its readers, its shards, and the order in which they
// start and stop.
//
// Thread: the one that made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "app/door.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace tinychat::app {

class Node {
 public:
  // Opens the journal, listens and starts every thread; or nothing at all. Errors: kUsage with one line.
  // Listens on `sockets` if there are any, else where the options say.
  static Result<std::unique_ptr<Node>> start(const Options& options, const Clock& clock,
                                             std::vector<UniqueFd> sockets = {});
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  // Stops, as stop() does.
  ~Node();

  // The port that is listened on, also if any was asked for.
  [[nodiscard]] std::uint16_t port() const;

  // The same of the operator's listener; 0: there is none.
  [[nodiscard]] std::uint16_t admin_port() const;

  // The links by which people come in; nothing in them where the door is open.
  [[nodiscard]] const Invitation& invitation() const;

  // Whether every thread that must never stand still has turned since then.
  [[nodiscard]] bool has_turned_since(SteadyTime time) const;

  // --- Leaving, in this order; see leaving.h ---
  // As Shard's.
  void begin_leaving(std::chrono::milliseconds absence);
  void send_away(double share, std::chrono::milliseconds absence);
  void stop_accepting();
  [[nodiscard]] std::size_t streams() const;
  // `wake` runs on any thread when is_drained() has become true.
  void begin_stopping(const std::function<void()>& wake);
  [[nodiscard]] bool is_drained() const;
  // Commits what was taken and ends every thread; who is still there is closed.
  void stop();

 private:
  struct Impl;
  explicit Node(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace tinychat::app
