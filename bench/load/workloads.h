// The workloads. Each runs against one server and prints one line of JSON; if anything was lost, doubled, out
// of order, refused or closed, it ends the program with what it was instead.
#pragma once

#include "load/arguments.h"

namespace tinychat::bench {

// Messages to subscribers: --subscribers, in --rooms, each following --follow of them; --publishers, with at
// most
// --undelivered messages that not everybody has; for --seconds. With --quiet N, a room of N subscribers
// beside it, whose deliveries are timed apart.
void run_fan_out(const Arguments& arguments);

// --subscribers connect.
void run_connect(const Arguments& arguments);

// --subscribers come back, each --messages behind.
void run_replay(const Arguments& arguments);

// Publishes --messages to --rooms in turn, which nobody follows.
void run_fill(const Arguments& arguments);

// --publishers publish to a room that nobody follows, for --seconds.
void run_publish(const Arguments& arguments);

// --clients read pages of --limit messages of a room that has --messages, for --seconds.
void run_history(const Arguments& arguments);

// Starts the command after `--`, --times times, and waits for its first answer on --port.
void run_cold_start(const Arguments& arguments);

}  // namespace tinychat::bench
