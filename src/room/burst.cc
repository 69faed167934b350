#include "room/burst.h"

#include <algorithm>

namespace tinychat::room {

void Burst::append(EventId id, const wire::Frame& frame, std::size_t events) {
  bytes_ += bytes_of(frame, framing_);
  marks_.push_back({bytes_.size(), id, this->events() + events});
  last_id_ = id;
}

void Burst::clear() {
  bytes_.clear();
  marks_.clear();
  last_id_ = {};
}

Burst::Cut Burst::cut_at(std::size_t sent) const {
  const auto cut = std::ranges::upper_bound(marks_, sent, {}, &Mark::end);
  const std::size_t begin = cut == marks_.begin() ? 0 : std::prev(cut)->end;
  if (sent > begin)
    return {.cursor = cut->id,
            .rest = std::string_view(bytes_).substr(sent, cut->end - sent),
            .events = cut->events};
  if (cut == marks_.begin()) return {};
  return {.cursor = std::prev(cut)->id, .rest = {}, .events = std::prev(cut)->events};
}

}  // namespace tinychat::room
