#include "app/admin.h"

#include <string>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "net/close_reason.h"
#include "net/http_server.h"
#include "net/reactor.h"
#include "net/resources.h"

namespace tinychat::app {
struct Admin::Impl {
  Impl(UniqueFd its_listener, const Clock& its_clock) : listener(std::move(its_listener)), clock(its_clock) {}

  // In the order they are made; what stands below uses what stands above.
  UniqueFd listener;
  const Clock& clock;
  std::uint16_t port = 0;
  net::CloseCounters counters;
  net::Resources resources{limits::kAdminConnectionsMax, 0, limits::kAdminBytesMax};
  net::Reactor reactor;
  std::unique_ptr<api::AdminHandler> handler;
  std::unique_ptr<net::HttpServer> server;
  std::thread thread;
};

Result<std::unique_ptr<Admin>> Admin::open(const net::Endpoint& endpoint, const Clock& clock) {
  auto listeners = net::open_listeners(endpoint, 1);
  if (!listeners) return std::unexpected(listeners.error());
  auto impl = std::make_unique<Impl>(std::move(listeners->front()), clock);
  if (const auto where = net::local_endpoint(impl->listener.get())) impl->port = where->port;
  return std::unique_ptr<Admin>(new Admin(std::move(impl)));
}

Admin::Admin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Admin::~Admin() {
  if (!impl_->thread.joinable()) return;
  impl_->reactor.stop();
  impl_->thread.join();
}

void Admin::start(const api::Settings& settings, api::AdminHandler::MakeMetrics make_metrics) {
  Impl& impl = *impl_;
  impl.handler = std::make_unique<api::AdminHandler>(settings, std::move(make_metrics));
  impl.server = std::make_unique<net::HttpServer>(impl.reactor, std::move(impl.listener), *impl.handler,
                                                  impl.clock, impl.counters, impl.resources);
  impl.thread = std::thread([&impl] {
    impl.server->start();
    impl.reactor.run(
        {.end_of_turn = [](auto) {}, .every_second = [&impl] { impl.server->check_deadlines(); }});
  });
}

std::uint16_t Admin::port() const { return impl_->port; }

}  // namespace tinychat::app
