// The way out: in the order in which clients, proxies and the journal are told.
#pragma once

#include <chrono>
#include <functional>

#include "app/lookout.h"
#include "app/node.h"

namespace tinychat::app {

struct Leave {
  // Over which the streams are sent away; few streams do not need all of it.
  std::chrono::milliseconds window{0};
  // Called meanwhile, about as often as is returned.
  std::function<std::chrono::milliseconds()> on_beat;
};

// Lets no stream in any more, sends those that are there away one by one over the window, then accepts no
// more, answers what is under way, for a bounded time, and stops the node. A signal cuts the window short; a
// second one ends the program.
void leave(Node& node, Lookout& lookout, const Leave& how);

}  // namespace tinychat::app
