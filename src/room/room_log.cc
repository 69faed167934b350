#include "room/room_log.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/assert.h"

namespace tinychat::room {

void RoomLog::append(SharedEvent event) {
  TINYCHAT_ASSERT(event->id > (empty() ? floor_ : at(size_ - 1)->id));
  if (size_ == ring_.size()) grow();
  ring_[place(size_)] = std::move(event);
  ++size_;
}

void RoomLog::evict_oldest() {
  TINYCHAT_ASSERT(!empty());
  floor_ = at(0)->id;
  ring_[oldest_].reset();
  oldest_ = place(1);
  --size_;
  if (empty()) restart(floor_);
}

void RoomLog::restart(EventId floor) {
  floor_ = floor;
  oldest_ = 0;
  size_ = 0;
  // A quiet room gives its memory back.
  ring_ = {};
}

std::size_t RoomLog::first_after(EventId cursor) const {
  const auto indexes = std::views::iota(std::size_t{0}, size_);
  const auto first =
      std::ranges::upper_bound(indexes, cursor, {}, [this](std::size_t index) { return at(index)->id; });
  return static_cast<std::size_t>(std::ranges::distance(indexes.begin(), first));
}

void RoomLog::grow() {
  std::vector<SharedEvent> larger(std::max<std::size_t>(4, ring_.size() * 2));
  for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move(ring_[place(i)]);
  ring_ = std::move(larger);
  oldest_ = 0;
}

}  // namespace tinychat::room
