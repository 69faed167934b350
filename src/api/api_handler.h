// Requests in, answers out: finds the route a request is for and calls its action.
#pragma once

#include "api/settings.h"
#include "hub/shard_port.h"
#include "net/http.h"

namespace tinychat::api {

// One per shard, on its thread. Both references outlive it, and every answer that is still to come.
class ApiHandler final : public net::Handler {
 public:
  ApiHandler(hub::ShardPort& port, const Settings& settings) : port_(port), settings_(settings) {}

  void handle(net::Request&& request, net::Responder responder) override;
  net::Response refuse(const Error& error, const wire::Fields& headers) override;

 private:
  hub::ShardPort& port_;
  const Settings& settings_;
};

}  // namespace tinychat::api
