// HTTP clients that keep their connection and have one request on the way each.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "load/loop.h"
#include "load/target.h"

namespace tinychat::bench {

class Clients : public Watcher {
 public:
  // Connects `count` clients. `on_idle` is called with a client that may send (once for each at first, then
  // after each answer); `on_answer` with the body of a 2xx. Any other answer ends the run.
  using OnIdle = std::function<void(std::uint32_t client)>;
  using OnAnswer = std::function<void(std::uint32_t client, std::string_view body)>;
  Clients(Loop& loop, const Target& target, std::uint32_t count);
  ~Clients() override;

  void set_callbacks(OnIdle on_idle, OnAnswer on_answer);
  void send(std::uint32_t client, std::string_view request);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(clients_.size()); }
  [[nodiscard]] std::uint32_t waiting() const { return waiting_; }
  [[nodiscard]] std::uint64_t answers() const { return answers_; }

  void on_ready(std::uint32_t index, std::uint32_t events) override;

 private:
  struct Client {
    int fd = -1;
    bool is_connected = false;
    std::string received;
  };

  void take_answer(std::uint32_t index);

  Loop& loop_;
  const std::uint32_t watcher_;
  std::vector<Client> clients_;
  std::uint32_t connected_ = 0;
  std::uint32_t waiting_ = 0;
  std::uint64_t answers_ = 0;
  OnIdle on_idle_;
  OnAnswer on_answer_;
};

}  // namespace tinychat::bench
