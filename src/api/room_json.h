// Parts of a room's JSON that more than one resource has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "journal/journal.h"
#include "journal/room_register.h"

namespace tinychat::api {

// `"last":{"id":…,"time":…}`, or `"last":null` of a room that nobody has written to.
[[nodiscard]] std::string last_member(const journal::RoomSummary& room);

// `"topic":…`
[[nodiscard]] std::string topic_member(const journal::RoomSummary& room);

// `{"room":…,"messages":…,"last":…,"topic":…,"title":…,…}`; nullopt: nobody has written to it.
[[nodiscard]] std::string room_json(std::string_view name, const std::optional<journal::RoomSummary>& found,
                                    const journal::RoomView& view);

// `"title":…,"private":…,"direct":…,"locked":…`
[[nodiscard]] std::string view_members(std::string_view room, const journal::RoomView& view);

}  // namespace tinychat::api
