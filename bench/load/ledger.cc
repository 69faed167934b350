#include "load/ledger.h"

#include <algorithm>
#include <cstring>

namespace tinychat::bench {

Ledger::Ledger(std::uint32_t rooms, std::uint32_t publishers) : rooms_(rooms), publishers_(publishers) {}

void Ledger::published(std::uint32_t room) {
  ++rooms_[room].published;
  ++published_;
  // Nobody is there to get it.
  if (rooms_[room].followers == 0) ++complete_;
}

void Ledger::delivered(std::uint32_t number, std::uint32_t position, std::string_view key, Nanoseconds time) {
  Room& room = rooms_[number];
  if (position == room.entries.size()) write_down(room, number, key);
  Entry& entry = room.entries[position];
  if (std::memcmp(entry.key, key.data(), kKeyBytes) != 0) explain(room, number, position, key);
  ++deliveries_;
  delivery_times_.add(time - entry.sent);
  if (++entry.deliveries == room.followers) {
    last_delivery_times_.add(time - entry.sent);
    ++complete_;
  }
}

void Ledger::clear_times() {
  delivery_times_.clear();
  last_delivery_times_.clear();
}

void Ledger::write_down(Room& room, std::uint32_t number, std::string_view text) {
  const MessageKey key = parse_key(text);
  if (key.room != number || key.publisher >= publishers_ || room.entries.size() >= room.published) {
    explain(room, number, static_cast<std::uint32_t>(room.entries.size()), text);
  }
  if (room.last_sequence.empty()) room.last_sequence.resize(publishers_);
  std::uint32_t& last = room.last_sequence[key.publisher];
  if (key.sequence <= last) explain(room, number, static_cast<std::uint32_t>(room.entries.size()), text);
  last = key.sequence;
  Entry& entry = room.entries.emplace_back();
  std::memcpy(entry.key, text.data(), kKeyBytes);
  entry.sent = key.sent;
}

void Ledger::explain(const Room& room, std::uint32_t number, std::uint32_t position, std::string_view key) {
  const auto found = std::ranges::find_if(
      room.entries, [&](const Entry& entry) { return std::string_view(entry.key, kKeyBytes) == key; });
  const auto place = static_cast<std::size_t>(found - room.entries.begin());
  const std::string what =
      place < position ? "delivered twice"
                       : "delivered although another was due: that one is lost, or the order is wrong";
  fail_run("room " + std::to_string(number) + ": message " + std::string(key) + ", a subscriber's number " +
           std::to_string(position) + ", was " + what);
}

}  // namespace tinychat::bench
