// Whether whoever reaches the server is let in, and the links by which people are.
#pragma once

#include <cstdint>
#include <string>

#include "app/options.h"
#include "base/clock.h"
#include "base/result.h"
#include "journal/acts.h"
#include "journal/people.h"
#include "room/rights.h"

namespace tinychat::app {

// As the options say; else open where only this machine can reach it.
[[nodiscard]] room::Door door_of(const Options& options);

[[nodiscard]] bool is_every_interface(const std::string& host);
// `localhost` and addresses of this machine alone.
[[nodiscard]] bool is_own_machine(const std::string& host);

// What is to be told at the start, once it is closed.
struct Invitation {
  std::string join_code;   // empty: the one there is lets nobody in any more
  std::string owner_code;  // empty: one was told before, or there is an owner
};

// Makes the links that there are none of.
Result<Invitation> invite(journal::People& people, const Clock& clock);

// Who uses the command line, as the audit log has them.
[[nodiscard]] journal::Actor command_line(const Clock& clock);

// An address of this machine at which others reach a server that listens on `host`, as far as can be known.
[[nodiscard]] std::string address_for_others(const std::string& host, std::uint16_t port);

}  // namespace tinychat::app
