#include "app/admin.h"

#include <charconv>
#include <string>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "net/close_reason.h"
#include "net/http_server.h"
#include "net/reactor.h"
#include "net/resources.h"

namespace tinychat::app {
namespace {

constexpr std::string_view kOption = "--admin";
constexpr std::string_view kThisMachine = "127.0.0.1";

std::unexpected<Error> no_address(std::string_view text) {
  return fail(Code::kUsage, "--admin " + std::string(text) +
                                " is no address and port; write it as 127.0.0.1:9090 or [::1]:9090");
}

}  // namespace

Result<net::Endpoint> parse_admin_endpoint(std::string_view text) {
  net::Endpoint endpoint{
      .host = std::string(kThisMachine), .port = 0, .host_option = kOption, .port_option = kOption};
  std::string_view port = text;
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    port = text.substr(colon + 1);
    const bool is_bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    // An IPv6 address without brackets: where its port begins is anybody's guess.
    if (host.empty() || (!is_bracketed && host.find_first_of(":[]") != std::string_view::npos)) {
      return no_address(text);
    }
    endpoint.host = host;
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc{} || end != port.data() + port.size()) return no_address(text);
  return endpoint;
}

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
