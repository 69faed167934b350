// What was published and who has got it. Every delivery is held against it.
//
// All subscribers of a room must see the same messages in the same order. So the first to get the n-th
// message of a room writes it down, and everybody else's n-th must be that one; and what is written down must
// have each publisher's messages in the order they were sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/histogram.h"
#include "load/message_key.h"

namespace tinychat::bench {

class Ledger {
 public:
  Ledger(std::uint32_t rooms, std::uint32_t publishers);

  // Before any of its messages is published.
  void add_follower(std::uint32_t room) { ++rooms_[room].followers; }

  // A message is on its way.
  void published(std::uint32_t room);

  // A follower of `room` got a message; `position` is how many of this room it had before. Ends the run if it
  // is not the one that is due.
  void delivered(std::uint32_t room, std::uint32_t position, std::string_view key, Nanoseconds time);

  // Those on their way to at least one follower.
  [[nodiscard]] std::uint64_t undelivered() const { return published_ - complete_; }
  [[nodiscard]] std::uint64_t published() const { return published_; }
  [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }
  [[nodiscard]] std::uint32_t published_in(std::uint32_t room) const { return rooms_[room].published; }

  // Since the last clear_times(): from sending to each delivery, and to the last one of a message.
  [[nodiscard]] const Histogram& delivery_times() const { return delivery_times_; }
  [[nodiscard]] const Histogram& last_delivery_times() const { return last_delivery_times_; }
  void clear_times();

 private:
  struct Entry {
    char key[kKeyBytes];
    std::uint32_t deliveries = 0;
    Nanoseconds sent = 0;
  };
  struct Room {
    std::vector<Entry> entries;
    std::vector<std::uint32_t> last_sequence;  // by publisher
    std::uint32_t published = 0;
    std::uint32_t followers = 0;
  };

  void write_down(Room& room, std::uint32_t number, std::string_view key);
  [[noreturn]] static void explain(const Room& room, std::uint32_t number, std::uint32_t position,
                                   std::string_view key);

  std::vector<Room> rooms_;
  std::uint32_t publishers_;
  std::uint64_t published_ = 0;
  std::uint64_t complete_ = 0;
  std::uint64_t deliveries_ = 0;
  Histogram delivery_times_;
  Histogram last_delivery_times_;
};

}  // namespace tinychat::bench
