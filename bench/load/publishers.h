// Publishers: clients that send messages, each the next one when the last was acknowledged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "load/clients.h"
#include "load/ledger.h"

namespace tinychat::bench {

class Publishers : public Watcher {
 public:
  struct Plan {
    std::uint32_t publishers = 1;  // that is, how many publishes are outstanding
    std::uint32_t rooms = 1;       // they go round
    std::size_t text_bytes = 150;
    // Messages that not everybody has yet. Keeps what waits in the sockets below what they hold, so that a
    // server without a way to deal with slow readers can be measured.
    std::uint64_t undelivered_max = 1;
    // Zero: as fast as acknowledgements come. Otherwise one is due each time this has passed, and its time
    // counts from when it was due, however late the server's slowness makes it.
    Nanoseconds interval = 0;
  };

  // Borrows all three. Nothing is sent before start().
  Publishers(Loop& loop, const Target& target, Ledger& ledger, const Plan& plan);

  ~Publishers() override { loop_.remove(watcher_); }

  void start();
  // No more; those on their way are still acknowledged.
  void stop() { is_started_ = false; }
  // Sends exactly so many, and waits until all are acknowledged and delivered.
  void publish(std::uint64_t messages);
  // Until all are acknowledged and delivered.
  void drain();

  [[nodiscard]] std::uint64_t acknowledged() const { return clients_.answers(); }

  void on_ready(std::uint32_t, std::uint32_t) override {}
  void on_turn() override;

 private:
  [[nodiscard]] std::string describe_missing() const;
  void publish_one(std::uint32_t publisher, Nanoseconds due);

  Loop& loop_;
  const Target& target_;
  Ledger& ledger_;
  const Plan plan_;
  Clients clients_;
  const std::uint32_t watcher_;
  std::vector<std::uint32_t> idle_;
  std::vector<std::uint32_t> sequence_;  // by publisher; the first is 1
  bool is_started_ = false;
  std::uint64_t messages_max_ = UINT64_MAX;
  std::uint64_t sent_ = 0;
  Nanoseconds next_due_ = 0;
};

}  // namespace tinychat::bench
