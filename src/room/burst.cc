#include "room/burst.h"

#include <algorithm>

namespace tinychat::room {

void Burst::append(EventId id, const wire::Frame& frame) {
  bytes_ += bytes_of(frame, framing_);
  marks_.push_back({bytes_.size(), id});
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
    return {.cursor = cut->id, .rest = std::string_view(bytes_).substr(sent, cut->end - sent)};
  return {.cursor = cut == marks_.begin() ? EventId{} : std::prev(cut)->id, .rest = {}};
}

}  // namespace tinychat::room
