#include "hub/room_table.h"

#include <utility>

namespace tinychat::hub {
namespace {

// The event itself, its reference count and its places in the ring and in the queue.
constexpr std::size_t kBytesPerEvent = 160;

std::size_t bytes_of(const room::RenderedEvent& event) {
  std::size_t bytes = kBytesPerEvent + event.room.size();
  for (const auto& frame : event.frames) bytes += frame.chunked().size();
  return bytes;
}

}  // namespace

Room* RoomTable::find(std::string_view name) {
  const auto entry = rooms_.find(name);
  return entry == rooms_.end() ? nullptr : entry->second.get();
}

Room& RoomTable::find_or_make(std::string_view name, EventId head) {
  if (Room* room = find(name)) return *room;
  auto room = std::make_unique<Room>(std::string(name), head);
  return *rooms_.emplace(std::string(name), std::move(room)).first->second;
}

void RoomTable::append(Room& room, room::SharedEvent event) {
  const std::size_t bytes = bytes_of(*event);
  room.log.append(std::move(event));
  recent_.push_back({&room, bytes});
  recent_bytes_ += bytes;
}

void RoomTable::evict() {
  while (recent_bytes_ > recent_bytes_max_) {
    const Recent oldest = recent_.front();
    recent_.pop_front();
    recent_bytes_ -= oldest.bytes;
    oldest.room->log.evict_oldest();
    forget_if_unused(*oldest.room);
  }
}

void RoomTable::restart(EventId floor) {
  recent_.clear();
  recent_bytes_ = 0;
  for (auto entry = rooms_.begin(); entry != rooms_.end();) {
    entry->second->log.restart(floor);
    entry = entry->second->has_followers() ? std::next(entry) : rooms_.erase(entry);
  }
}

void RoomTable::lost_follower(Room& room) {
  if (!room.has_followers()) --followed_;
  forget_if_unused(room);
}

void RoomTable::forget_if_unused(Room& room) {
  if (room.log.empty() && !room.has_followers() && !room.is_touched) rooms_.erase(rooms_.find(room.name));
}

}  // namespace tinychat::hub
