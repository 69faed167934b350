// What an operator can ask for, on a listener of its own: numbers and health, and nothing that people wrote.
#pragma once

#include <functional>
#include <string>

#include "api/settings.h"
#include "net/http.h"

namespace tinychat::api {

// Thread: the one of its server. `settings` outlives it.
class AdminHandler final : public net::Handler {
 public:
  // Makes the page of numbers, on this handler's thread.
  using MakeMetrics = std::function<std::string()>;

  AdminHandler(const Settings& settings, MakeMetrics make_metrics)
      : settings_(settings), make_metrics_(std::move(make_metrics)) {}

  void handle(net::Request&& request, net::Responder responder) override;
  net::Response refuse(const Error& error, const wire::Fields& headers) override;

 private:
  [[nodiscard]] net::Response answer(const net::Request& request) const;

  const Settings& settings_;
  const MakeMetrics make_metrics_;
};

}  // namespace tinychat::api
