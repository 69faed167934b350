#include "journal/passes.h"

#include "base/limits.h"

namespace tinychat::journal {
namespace {

constexpr char kBetweenRooms = '\n';
constexpr std::string_view kErased = "erased:";

}  // namespace

std::string erased_of(std::string_view author) { return std::string(kErased) + std::string(author); }

std::optional<std::string_view> erased_author(std::string_view revocation) {
  if (!revocation.starts_with(kErased)) return std::nullopt;
  return revocation.substr(kErased.size());
}

Error token_name_taken(std::string_view name) {
  return {Code::kUnprocessable, "there is a token of the name " + std::string(name) +
                                    " already; choose another name, or revoke that one first"};
}

Error too_many_tokens() {
  return {Code::kUnprocessable, "there are " + std::to_string(limits::kTokensMax) +
                                    " tokens, which is as many as there can be; revoke one first"};
}

std::string joined_rooms(const room::Grant& grant) {
  std::string text;
  for (const auto& room : grant.rooms) {
    if (!text.empty()) text += kBetweenRooms;
    text += room;
  }
  return text;
}

std::vector<std::string> split_rooms(std::string_view text) {
  std::vector<std::string> rooms;
  while (!text.empty()) {
    const auto room = text.substr(0, text.find(kBetweenRooms));
    rooms.emplace_back(room);
    text.remove_prefix(room.size() == text.size() ? room.size() : room.size() + 1);
  }
  return rooms;
}

}  // namespace tinychat::journal
