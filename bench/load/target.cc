#include "load/target.h"

#include "load/common.h"

namespace tinychat::bench {

Kind kind_of(std::string_view name) {
  if (name == "tinychat") return Kind::kTinychat;
  if (name == "floor") return Kind::kFloor;
  if (name == "nchan") return Kind::kNchan;
  fail_run("--target is tinychat, floor or nchan, not \"" + std::string(name) + "\"");
}

std::string Target::get(std::string_view path) const { return head("GET", path) + "\r\n"; }

std::string Target::head(std::string_view method, std::string_view path) const {
  std::string text(method);
  text.append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
  return text;
}

std::string Target::subscribe(std::uint32_t first_room, std::uint32_t count, std::uint32_t rooms,
                              std::string_view last_event_id) const {
  std::string path = "/subscribe/" + room_prefix + std::to_string(first_room);
  if (count > 1 && kind != Kind::kNchan) {
    path = "/api/v1/events";
    for (std::uint32_t i = 0; i < count; ++i) {
      path += (i == 0 ? "?room=" : "&room=") + room_prefix + std::to_string((first_room + i) % rooms);
    }
  } else {
    // Nchan splits its channels at commas.
    for (std::uint32_t i = 1; i < count; ++i)
      path += ',' + room_prefix + std::to_string((first_room + i) % rooms);
  }
  std::string request = head("GET", path) + "Accept: text/event-stream\r\n";
  if (!last_event_id.empty()) request += "Last-Event-ID: " + std::string(last_event_id) + "\r\n";
  return request + "\r\n";
}

std::string Target::publish(std::uint32_t room, std::string_view text) const {
  std::string body;
  std::string_view type = "application/x-www-form-urlencoded";
  if (kind == Kind::kTinychat) {
    body = "sender=bench&message=" + std::string(text);
  } else {
    body = R"({"sender":"bench","message":")" + std::string(text) + R"(","time":"2026-01-01T00:00:00.000Z"})";
    type = "application/json";
  }
  const std::string path = (kind == Kind::kNchan ? "/publish/" : "/") + room_prefix + std::to_string(room);
  std::string request = head("POST", path);
  request.append("Content-Type: ").append(type);
  request.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return request;
}

}  // namespace tinychat::bench
