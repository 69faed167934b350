// Who may no longer, as far as one shard knows: it asks the people once a second who has lost a right since,
// and once a turn ends the streams that were let in by it. Also what a shard keeps of the rules that requests
// are held to: which rooms are locked, and which addresses are refused.
//
// Whether somebody may is decided elsewhere (see room::decide()).
//
// Thread: the shard's.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/shard_port.h"
#include "hub/stream_set.h"
#include "journal/people.h"
#include "wire/host_set.h"
#include "wire/ip_address.h"

namespace tinychat::hub {

class RightsWatch {
 public:
  // What is known at the start.
  struct Known {
    // Up to where it is known who has lost a right (see journal::Passes). None: no stream takes one that can
    // be lost.
    std::optional<std::string> place = {};
    // Asked for after that place.
    std::vector<std::string> locked_rooms = {};
    std::vector<wire::Subnet> blocked = {};
  };
  // As ShardPort::ask_people().
  using Ask = std::function<bool(ShardPort::PeopleQuestion&&)>;

  // `streams` must outlive it, and it every answer.
  RightsWatch(StreamSet& streams, Ask ask, const Known& known);
  RightsWatch(const RightsWatch&) = delete;
  RightsWatch& operator=(const RightsWatch&) = delete;

  // As ShardPort has them.
  [[nodiscard]] bool is_locked(std::string_view room) const { return locked_rooms_.contains(room); }
  [[nodiscard]] bool is_blocked(const wire::IpAddress& address) const {
    return !blocked_.is_empty() && blocked_.contains(wire::host_key(address));
  }

  // About once a second: looks.
  void on_second();
  // Once a turn, after new streams were let in: ends those that are to end by what was found.
  void act();

 private:
  void take(journal::Revocations&& revocations);
  void ask_for_rules();

  StreamSet& streams_;
  const Ask ask_;
  std::optional<std::string> place_;
  bool is_looking_ = false;
  std::vector<std::string> revoked_;  // to be acted on in this turn
  std::set<std::string, std::less<>> locked_rooms_;
  wire::HostSet blocked_;
  bool rules_are_old_ = false;
  bool rules_are_new_ = false;  // and streams are still to end by them
};

}  // namespace tinychat::hub
