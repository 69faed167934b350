// The rooms of one shard: who follows which, and the recent events, within one budget of memory for all
// of them. Thread: the shard's.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/event_id.h"
#include "hub/stream.h"

namespace tinychat::hub {

class RoomTable {
 public:
  explicit RoomTable(std::size_t recent_bytes_max) : recent_bytes_max_(recent_bytes_max) {}

  // nullptr: nobody has followed the room lately.
  [[nodiscard]] Room* find(std::string_view name);
  // A room made now covers what comes after `head`.
  Room& find_or_make(std::string_view name, EventId head);

  void append(Room& room, room::SharedEvent event);
  // Keeps to the budget by forgetting the oldest events; rooms that hold nothing for nobody go.
  void evict();
  // All rooms have missed events up to `floor`: nothing before it can be told from here.
  void restart(EventId floor);
  // Call before a room gets a follower, and after it has lost one.
  void gains_follower(const Room& room) {
    if (!room.has_followers()) ++followed_;
  }
  void lost_follower(Room& room);

  [[nodiscard]] std::size_t size() const { return rooms_.size(); }
  // Rooms with followers.
  [[nodiscard]] std::size_t followed() const { return followed_; }
  [[nodiscard]] std::size_t recent_bytes() const { return recent_bytes_; }

 private:
  void forget_if_unused(Room& room);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  struct Recent {
    Room* room = nullptr;  // stays while its log is not empty
    std::size_t bytes = 0;
  };

  std::unordered_map<std::string, std::unique_ptr<Room>, Hash, std::equal_to<>> rooms_;
  std::deque<Recent> recent_;  // one entry per event in any log, oldest first
  std::size_t recent_bytes_ = 0;
  std::size_t followed_ = 0;
  const std::size_t recent_bytes_max_;
};

}  // namespace tinychat::hub
