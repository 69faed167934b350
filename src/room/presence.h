// Who is in which room by name, over all streams of the deployment. Pure; one owner.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tinychat::room {

class Presence {
 public:
  // True: nobody of this name was in the room before.
  bool join(std::string_view room, std::string_view name);
  // True: it was the last of this name. Each leave follows a join.
  bool leave(std::string_view room, std::string_view name);

 private:
  // Room and name, divided by a byte that neither can hold.
  static std::string key_of(std::string_view room, std::string_view name);

  std::unordered_map<std::string, std::size_t> streams_;
};

}  // namespace tinychat::room
