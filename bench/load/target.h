// The servers that are measured, as requests to them. All deliver the same 150 bytes of text inside the same
// JSON; those that do not make the JSON themselves are sent it ready-made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tinychat::bench {

enum class Kind : std::uint8_t { kTinychat, kFloor, kNchan };

struct Target {
  Kind kind = Kind::kTinychat;
  std::uint16_t port = 0;
  int pid = 0;
  std::string room_prefix = "room-";
  std::string token;  // that lets the load in; empty: it needs none

  // `last_event_id`: empty for none. Several rooms are first_room and those after it, modulo `rooms`.
  [[nodiscard]] std::string subscribe(std::uint32_t first_room, std::uint32_t count, std::uint32_t rooms,
                                      std::string_view last_event_id) const;
  // `text` holds no character that a form or JSON would have to escape.
  [[nodiscard]] std::string publish(std::uint32_t room, std::string_view text) const;
  [[nodiscard]] std::string get(std::string_view path) const;

 private:
  // The first line, and the fields of every request.
  [[nodiscard]] std::string head(std::string_view method, std::string_view path) const;
};

[[nodiscard]] Kind kind_of(std::string_view name);

}  // namespace tinychat::bench
