// The one thread that follows a log which several nodes share, and delivers what anybody has added to it.
// Where a node has its journal alone there is none: then the writer delivers.
//
// A node is a cursor in the log. When the connection breaks, it reads on from there: nothing to repair.
#pragma once

#include <atomic>
#include <vector>

#include "base/clock.h"
#include "base/readiness.h"
#include "hub/delivery.h"
#include "journal/shared_log.h"

namespace tinychat::hub {

class Tail {
 public:
  // All references must outlive it. `head`: everything up to here was before its time.
  Tail(journal::LogTail& log, const Clock& clock, std::vector<ShardInbox*> shards,
       CommittedHead& committed_head, EventId head, Readiness& readiness);

  // Works until stop(). On the tail's own thread.
  void run();
  // Any thread; run() ends within a second or, if the log does not answer, a few.
  void stop() { is_stopping_.store(true, std::memory_order_relaxed); }

  // Before run(): see Delivery::use().
  void use(ByteBudget& budget) { delivery_.use(budget); }

  // One look at the log, of at most `patience`. For run(), and for tests.
  void step(std::chrono::milliseconds patience);

 private:
  void take(journal::LogNews&& news);
  void tell_trouble(const Error& error);
  void tell_recovery();

  journal::LogTail& log_;
  const Clock& clock_;
  Readiness& readiness_;
  Delivery delivery_;
  bool is_in_trouble_ = false;
  // Written by whoever stops it, read by its own thread; nothing else hangs on it.
  std::atomic<bool> is_stopping_{false};
};

}  // namespace tinychat::hub
