#include "net/batch_sender.h"

#include <liburing.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "base/log.h"

namespace tinychat::net {
namespace {

// Sends that go to the kernel together.
constexpr std::size_t kRingEntries = 512;
// A call to the ring costs about as much as these.
constexpr std::size_t kWorthARing = 3;

// Of a send that the kernel has not answered.
constexpr IoResult kUnanswered{IoStatus::kClosed, 0};

void send_one(Send& one) { one.result = write_some(one.fd, one.bytes); }

}  // namespace

class BatchSender::Ring {
 public:
  // nullptr: not on this kernel, or not allowed.
  static std::unique_ptr<Ring> open() {
    auto opened = std::unique_ptr<Ring>(new Ring);
    // One thread only, and completions when it asks: the kernel then interrupts nobody.
    opened->is_open_ = ::io_uring_queue_init(kRingEntries, &opened->ring_,
                                             IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN) == 0;
    return opened->is_open_ ? std::move(opened) : nullptr;
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    if (is_open_) ::io_uring_queue_exit(&ring_);
  }

  // At most kRingEntries. An error of the ring itself, or 0; what it has not sent then is kUnanswered.
  int send(std::span<Send> sends) {
    for (auto& one : sends) {
      one.result = kUnanswered;
      io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);
      // Never asleep: a send that would have to wait says so at once, as it does without a ring.
      ::io_uring_prep_send(entry, one.fd, one.bytes.data(), one.bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      ::io_uring_sqe_set_data(entry, &one);
    }
    int error = 0;
    do {
      error = ::io_uring_submit_and_wait(&ring_, static_cast<unsigned>(sends.size()));
    } while (error == -EINTR);
    reap();
    return std::min(error, 0);
  }

 private:
  Ring() = default;

  void reap() {
    io_uring_cqe* done = nullptr;
    while (::io_uring_peek_cqe(&ring_, &done) == 0) {
      static_cast<Send*>(::io_uring_cqe_get_data(done))->result = result_of(done->res);
      ::io_uring_cqe_seen(&ring_, done);
    }
  }

  static IoResult result_of(int result) {
    if (result >= 0) return {IoStatus::kDone, static_cast<std::size_t>(result)};
    if (result == -EAGAIN || result == -EINTR) return {IoStatus::kWouldBlock, 0};
    return {IoStatus::kFailed, 0};
  }

  io_uring ring_{};
  bool is_open_ = false;
};

BatchSender::BatchSender() = default;
BatchSender::~BatchSender() = default;

void BatchSender::open() { ring_ = Ring::open(); }

void BatchSender::send(std::span<Send> sends) {
  while (ring_ != nullptr && sends.size() >= kWorthARing) {
    const auto piece = sends.first(std::min(sends.size(), kRingEntries));
    if (const int error = ring_->send(piece); error != 0) {
      // What was submitted has been answered, for nothing in it may wait.
      log(LogLevel::kWarning,
          "io_uring failed, sending without it: " + std::generic_category().message(-error));
      ring_.reset();
      for (auto& one : piece) {
        if (one.result.status == kUnanswered.status) send_one(one);
      }
    }
    sends = sends.subspan(piece.size());
  }
  std::ranges::for_each(sends, send_one);
}

}  // namespace tinychat::net
