// Frames of one dialect and framing end to end, so that one write sends them all, and so that after a
// write that took only a part it is known which frame was cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_id.h"
#include "room/rendered_event.h"

namespace tinychat::room {

// How frames travel: as HTTP/1.1 chunks, or bare (HTTP/1.0).
enum class Framing : std::uint8_t { kChunked, kPlain };
inline constexpr std::size_t kFramings = 2;

[[nodiscard]] inline std::string_view bytes_of(const wire::Frame& frame, Framing framing) {
  return framing == Framing::kChunked ? frame.chunked() : frame.plain();
}

// A payload that is sent once.
[[nodiscard]] inline std::string framed(const std::string& payload, Framing framing) {
  return std::string(bytes_of(wire::Frame::of(payload), framing));
}

class Burst {
 public:
  explicit Burst(Framing framing) : framing_(framing) {}

  void append(EventId id, const wire::Frame& frame) { append(id, frame, 1); }
  // A frame that moves no cursor.
  void append_transient(const wire::Frame& frame) { append(last_id_, frame, 0); }

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] Framing framing() const { return framing_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  // Of the last frame with an id; 0-0 if there is none.
  [[nodiscard]] EventId last_id() const { return last_id_; }
  // Frames that are no transient ones.
  [[nodiscard]] std::size_t events() const { return marks_.empty() ? 0 : marks_.back().events; }
  void clear();

  // What is to be remembered of a burst of which `sent` bytes were taken, less than all.
  struct Cut {
    // The cursor once `rest` is sent, too. 0-0: no frame with an id was begun.
    EventId cursor;
    std::string_view rest;   // of the frame that was begun; empty if the cut is between frames
    std::size_t events = 0;  // of which all was sent, or a beginning
  };
  [[nodiscard]] Cut cut_at(std::size_t sent) const;

 private:
  struct Mark {
    std::size_t end;     // offset behind the frame
    EventId id;          // the cursor once it is sent
    std::size_t events;  // up to here
  };

  void append(EventId id, const wire::Frame& frame, std::size_t events);

  Framing framing_;
  std::string bytes_;
  std::vector<Mark> marks_;
  EventId last_id_;
};

}  // namespace tinychat::room
