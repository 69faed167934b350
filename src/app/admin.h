// The operator's own listener: a thread, a loop and a server beside those of the shards, so that the numbers
// can be read when the shards have their hands full.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "api/admin_handler.h"
#include "api/settings.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "net/socket.h"

namespace tinychat::app {

// Thread: the one that made it.
class Admin {
 public:
  // Listening begins here, answering with start(). Error: kUsage with one line.
  static Result<std::unique_ptr<Admin>> open(const net::Endpoint& endpoint, const Clock& clock);
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;
  // Ends its thread; no answer is made after it.
  ~Admin();

  // `settings`, and what `make_metrics` uses, outlive it.
  void start(const api::Settings& settings, api::AdminHandler::MakeMetrics make_metrics);

  [[nodiscard]] std::uint16_t port() const;

 private:
  struct Impl;
  explicit Admin(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace tinychat::app
