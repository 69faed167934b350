#include "api/stream_query.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "api/sender.h"
#include "base/event_id.h"
#include "base/limits.h"
#include "room/room_name.h"

namespace tinychat::api {
namespace {

// In the order in which they count; the first is how EventSource polyfills spell it.
constexpr std::array<std::string_view, 4> kCursorParameters = {"lastEventId", "last_event_id",
                                                               "Last-Event-ID", "since"};

// Empty is as good as absent: there is no id that a client could have meant.
bool holds_text(const std::string* value) { return value != nullptr && !value->empty(); }

const std::string* find_cursor(const net::Request& request, const wire::Fields& query) {
  if (const std::string* const header = request.header("last-event-id"); holds_text(header)) return header;
  for (const std::string_view name : kCursorParameters) {
    if (const std::string* const value = wire::find(query, name); holds_text(value)) return value;
  }
  return nullptr;
}

Result<std::vector<std::string>> check_rooms(std::vector<std::string> rooms) {
  std::vector<std::string> distinct;
  for (std::string& room : rooms) {
    if (const auto checked = room::check_room_name(room); !checked) return std::unexpected(checked.error());
    if (std::ranges::find(distinct, room) == distinct.end()) distinct.push_back(std::move(room));
    if (distinct.size() > limits::kRoomsPerStreamMax) {
      return fail(Code::kUnprocessable, "A stream follows at most " +
                                            std::to_string(limits::kRoomsPerStreamMax) +
                                            " rooms; open another for the rest.");
    }
  }
  if (distinct.empty()) {
    return fail(Code::kUnprocessable, "No room to follow; ask for one or more as ?room=<room>&room=<room>.");
  }
  return distinct;
}

}  // namespace

Result<hub::StreamRequest> read_stream_request(room::Dialect dialect, std::vector<std::string> rooms,
                                               const net::Request& request, const wire::Fields& query) {
  hub::StreamRequest stream;
  stream.dialect = dialect;
  auto checked = check_rooms(std::move(rooms));
  if (!checked) return std::unexpected(checked.error());
  stream.rooms = std::move(*checked);
  if (const std::string* const name = wire::find(query, "name"); holds_text(name)) {
    if (const auto valid = check_sender("name", *name); !valid) return std::unexpected(valid.error());
    stream.name = *name;
  }
  if (const std::string* const cursor = find_cursor(request, query)) {
    stream.cursor = parse_event_id(*cursor);
    stream.cursor_is_nonsense = !stream.cursor.has_value();
  }
  return stream;
}

}  // namespace tinychat::api
