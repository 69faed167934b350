// A room as it is to a user who has opened it: where they have read to, what is unread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/journal.h"
#include "journal/people.h"

namespace tinychat::api {

struct OpenedRoom {
  journal::Membership membership;
  journal::RoomView view;
};

// Errors: kStorageFailed.
[[nodiscard]] Result<std::string> my_room_json(journal::JournalReader& reader, const OpenedRoom& opened,
                                               const journal::User& user);

[[nodiscard]] std::string_view name_of(journal::Notifications notifications);
[[nodiscard]] std::optional<journal::Notifications> notifications_named(std::string_view name);

}  // namespace tinychat::api
