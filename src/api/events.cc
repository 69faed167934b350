// Many rooms on one connection, with one cursor.
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/stream_answer.h"

namespace tinychat::api {

void get_events(Call&& call) {
  std::vector<std::string> rooms;
  for (const auto& [name, value] : call.query) {
    if (name == "room") rooms.push_back(value);
  }
  answer_with_stream(std::move(call), room::Dialect::kV1, std::move(rooms));
}

}  // namespace tinychat::api
