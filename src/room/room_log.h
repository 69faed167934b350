// The recent events of one room, as one shard knows them: a ring of shared frames. It covers every
// cursor from its floor on; what is before the floor is the journal's.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/event_id.h"
#include "room/rendered_event.h"

namespace tinychat::room {

using SharedEvent = std::shared_ptr<const RenderedEvent>;

class RoomLog {
 public:
  // All events of the room up to `floor` are somebody else's to tell.
  explicit RoomLog(EventId floor) : floor_(floor) {}

  // Ids grow from one append to the next.
  void append(SharedEvent event);
  void evict_oldest();
  // Forgets everything: events have been missed up to `floor`.
  void restart(EventId floor);

  // Whether all events after the cursor are here.
  [[nodiscard]] bool covers(EventId cursor) const { return cursor >= floor_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // 0 is the oldest.
  [[nodiscard]] const SharedEvent& at(std::size_t index) const { return ring_[place(index)]; }
  // Index of the first event after the cursor; size() if there is none.
  [[nodiscard]] std::size_t first_after(EventId cursor) const;

 private:
  // The ring's capacity is a power of two.
  [[nodiscard]] std::size_t place(std::size_t index) const { return (oldest_ + index) & (ring_.size() - 1); }
  void grow();

  EventId floor_;
  std::size_t oldest_ = 0;
  std::size_t size_ = 0;
  std::vector<SharedEvent> ring_;
};

}  // namespace tinychat::room
