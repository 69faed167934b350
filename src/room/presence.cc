#include "room/presence.h"

#include "base/assert.h"

namespace tinychat::room {

std::string Presence::key_of(std::string_view room, std::string_view name) {
  std::string key(room);
  key += '\0';
  key += name;
  return key;
}

bool Presence::join(std::string_view room, std::string_view name) {
  return ++streams_[key_of(room, name)] == 1;
}

bool Presence::leave(std::string_view room, std::string_view name) {
  const auto entry = streams_.find(key_of(room, name));
  TINYCHAT_ASSERT(entry != streams_.end());
  if (--entry->second > 0) return false;
  streams_.erase(entry);
  return true;
}

}  // namespace tinychat::room
