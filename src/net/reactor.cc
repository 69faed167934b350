#include "net/reactor.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

namespace tinychat::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// After so many handlers a turn ends although more is ready: under a load that never lets up, mailboxes and
// streams have their share, too.
constexpr int kHandlersPerTurn = 1024;

}  // namespace

struct Reactor::Impl {
  // The hint 1 lets Asio do without its locks' slow paths; post() and stop() stay safe.
  asio::io_context context{1};
  asio::steady_timer second{context};
  // Set by stop() on any thread, read by run(); the posted task that follows makes run() look.
  std::atomic<bool> stopping{false};

  void tick(const std::function<void()>& every_second) {
    second.expires_after(std::chrono::seconds(1));
    second.async_wait([this, &every_second](error_code error) {
      if (error) return;
      every_second();
      tick(every_second);
    });
  }
};

Reactor::Reactor() : impl_(std::make_unique<Impl>()) {}
Reactor::~Reactor() = default;

void Reactor::run(const std::function<void()>& end_of_turn, const std::function<void()>& every_second) {
  impl_->tick(every_second);
  while (!impl_->stopping.load(std::memory_order_acquire)) {
    impl_->context.run_one();
    for (int i = 0; i < kHandlersPerTurn && impl_->context.poll_one() > 0; ++i) {
    }
    end_of_turn();
  }
  impl_->second.cancel();
}

void Reactor::stop() {
  impl_->stopping.store(true, std::memory_order_release);
  post([] {});
}

void Reactor::post(Task task) {
  // Asio copies no handler that can be moved.
  asio::post(impl_->context, std::move(task));
}

struct Reactor::Watch::Impl {
  Impl(asio::io_context& context, int fd) : descriptor(context, fd) {}
  asio::posix::stream_descriptor descriptor;

  void wait(asio::posix::descriptor_base::wait_type type, Task ready) {
    descriptor.async_wait(type, [ready = std::move(ready)](error_code error) mutable {
      if (error != asio::error::operation_aborted) ready();
    });
  }
};

Reactor::Watch::Watch(Reactor& reactor, int fd) : impl_(std::make_unique<Impl>(reactor.impl_->context, fd)) {}

Reactor::Watch::~Watch() {
  // The descriptor stays the owner's.
  impl_->descriptor.release();
}

void Reactor::Watch::when_readable(Task ready) {
  impl_->wait(asio::posix::descriptor_base::wait_read, std::move(ready));
}

void Reactor::Watch::when_writable(Task ready) {
  impl_->wait(asio::posix::descriptor_base::wait_write, std::move(ready));
}

}  // namespace tinychat::net
