// An event's bytes, made once and shared by every subscriber of every shard.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "room/event.h"
#include "wire/sse.h"

namespace tinychat::room {

enum class Dialect : std::uint8_t {
  kLegacy,  // the 2013 contract: default-type events, `sender` and `message`, HTML-escaped
  kV1,      // `event: message`, the message as the JSON interface has it
};
inline constexpr std::size_t kDialects = 2;

// One frame per dialect.
using Frames = std::array<wire::Frame, kDialects>;

// Immutable, any thread.
struct RenderedEvent {
  EventId id;
  std::string room;
  Frames frames;

  [[nodiscard]] const wire::Frame& frame(Dialect dialect) const {
    return frames[static_cast<std::size_t>(dialect)];
  }
};

// `{"id":…,"room":…,"sender":…,"text":…,"time":…}`, and after it what not every event has: `"author":…`;
// `"kind":…`, "action" (a text of `/me …`) or "topic"; `"html":…`, the text as Markdown, where that makes a
// difference and fits.
[[nodiscard]] std::string message_json(const Event& event);

[[nodiscard]] wire::Frame render(const Event& event, Dialect dialect);
[[nodiscard]] RenderedEvent render(const Event& event);

}  // namespace tinychat::room
