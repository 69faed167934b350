#include "journal/outside_message.h"

#include <string>

#include "base/limits.h"
#include "room/room_name.h"
#include "wire/html.h"
#include "wire/json.h"

namespace tinychat::journal {

Result<std::optional<OutsideMessage>> read_outside_message(std::string_view channel,
                                                           std::string_view payload) {
  if (auto fine = room::check_room_name(channel); !fine) return std::unexpected(fine.error());
  if (payload.size() > limits::kEventBytesMax) {
    return fail(Code::kTooLarge, "a message from outside is longer than an event can be");
  }
  auto members = wire::parse_json_object(payload);
  if (!members) return std::unexpected(members.error());
  OutsideMessage message{.room = std::string(channel), .sender = {}, .text = {}};
  for (auto& member : *members) {
    if (member.name == "id") return std::nullopt;
    if (member.name == "sender" && member.text) message.sender = std::move(*member.text);
    if (member.name == "message" && member.text) message.text = wire::html_unescape(*member.text);
  }
  if (message.text.empty()) return fail(Code::kUnprocessable, "a message from outside has no `message`");
  if (message.text.size() > limits::kTextBytesCeiling) {
    return fail(Code::kTooLarge, "a message from outside is too long");
  }
  if (message.sender.empty()) message.sender = "Anonymous";
  if (message.sender.size() > limits::kSenderBytesMax) {
    return fail(Code::kTooLarge, "a message from outside has a sender that is too long");
  }
  return message;
}

}  // namespace tinychat::journal
