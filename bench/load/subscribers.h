// The readers of event streams: they connect, ask, and hold what they are sent against the ledger.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/ledger.h"
#include "load/loop.h"
#include "load/target.h"

namespace tinychat::bench {

class Subscribers : public Watcher {
 public:
  // Borrows all three.
  Subscribers(Loop& loop, const Target& target, Ledger& ledger, std::uint32_t rooms);
  ~Subscribers() override;

  // Adds a subscriber of `count` rooms from `first_room` on (modulo the rooms there are); it follows from the
  // `position`-th message of each. Not connected yet.
  void add(std::uint32_t first_room, std::uint32_t count, std::uint32_t position);

  // Connects all that have been added, some at a time, until each has the head of its stream. Those with a
  // `last_event_id` come back from there.
  void connect(std::string_view last_event_id);

  // Has got every message that was published while it was there. A check for the end of a run.
  void check_complete() const;
  // "3 of 9000 wait", for an error message.
  [[nodiscard]] std::string describe_missing() const;

  [[nodiscard]] std::size_t size() const { return subscribers_.size(); }

  void on_ready(std::uint32_t index, std::uint32_t events) override;

 private:
  struct Subscriber {
    int fd = -1;
    std::uint32_t first_room = 0;
    std::uint32_t rooms = 0;
    std::uint32_t positions_begin = 0;  // in positions_: how many messages it has of each room
    bool is_open = false;
    std::uint8_t cut_bytes = 0;  // of a key that was cut between two reads
    std::array<char, kKeyBytes> cut{};
  };

  void open_some();
  void read(std::uint32_t index);
  void take(Subscriber& subscriber, std::string_view bytes, Nanoseconds time);
  void take_key(Subscriber& subscriber, std::string_view key, Nanoseconds time);

  Loop& loop_;
  const Target& target_;
  Ledger& ledger_;
  const std::uint32_t rooms_;
  const std::uint32_t watcher_;
  std::string last_event_id_;
  std::vector<Subscriber> subscribers_;
  std::vector<std::uint32_t> positions_;
  std::uint32_t begun_ = 0;
  std::uint32_t open_ = 0;
  std::vector<char> buffer_;
};

}  // namespace tinychat::bench
