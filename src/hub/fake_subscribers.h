// For tests: sockets made of strings, and subscribers that read them as a browser would.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/event_id.h"
#include "hub/stream_transport.h"

namespace tinychat::hub {

// A socket holds what was written until the subscriber reads it, up to its capacity.
class FakeTransport final : public StreamTransport {
 public:
  struct Socket {
    std::uint64_t token = 0;
    std::string in_flight;
    std::size_t capacity = 4096;
    bool is_open = true;
    bool was_full = false;         // a write was not taken whole: the kernel owes it an edge
    bool is_broken = false;        // writes fail
    std::size_t input_bytes = 0;   // sent by the subscriber, not read yet
    bool input_has_ended = false;  // with the end of the connection behind them
  };

  int open(std::size_t capacity) {
    const int fd = next_fd_++;
    sockets_[fd].capacity = capacity;
    return fd;
  }
  Socket& socket(int fd) { return sockets_.at(fd); }

  // The kernel has no room for more sockets to watch.
  bool refuses_to_add = false;

  [[nodiscard]] bool add(int fd, std::uint64_t token) override {
    open_socket(fd).token = token;
    return !refuses_to_add;
  }
  net::IoResult write(int fd, std::string_view bytes) override {
    Socket& socket = open_socket(fd);
    if (socket.is_broken) return {net::IoStatus::kFailed, 0};
    const std::size_t room = socket.capacity - std::min(socket.capacity, socket.in_flight.size());
    const auto taken = bytes.substr(0, room);
    socket.in_flight += taken;
    socket.was_full = taken.size() < bytes.size();
    if (taken.empty() && !bytes.empty()) return {net::IoStatus::kWouldBlock, 0};
    return {net::IoStatus::kDone, taken.size()};
  }
  net::IoResult discard_input(int fd) override {
    Socket& socket = open_socket(fd);
    const std::size_t bytes = std::min<std::size_t>(socket.input_bytes, 4096);
    socket.input_bytes -= bytes;
    if (bytes > 0) return {net::IoStatus::kDone, bytes};
    return {socket.input_has_ended ? net::IoStatus::kClosed : net::IoStatus::kWouldBlock, 0};
  }
  void close(int fd) override { open_socket(fd).is_open = false; }

 private:
  // A real descriptor would by now be somebody else's.
  Socket& open_socket(int fd) {
    Socket& socket = sockets_.at(fd);
    TINYCHAT_ASSERT(socket.is_open);
    return socket;
  }

  int next_fd_ = 100;
  std::map<int, Socket> sockets_;
};

// Reads an event stream as it comes, in any pieces.
class FakeReader {
 public:
  struct Seen {
    std::string name;
    std::optional<EventId> id;
    std::string data;
  };

  explicit FakeReader(bool is_chunked) : is_chunked_(is_chunked) {}

  void feed(std::string_view bytes) {
    if (!is_chunked_) {
      text_ += bytes;
    } else {
      raw_ += bytes;
      while (take_chunk()) {
      }
    }
    while (take_line()) {
    }
  }

  [[nodiscard]] const std::vector<Seen>& seen() const { return seen_; }

 private:
  // Half a chunk is of use, too: a browser does not wait for its end.
  bool take_chunk() {
    if (chunk_left_ == 0) {
      const auto line_end = raw_.find("\r\n");
      if (line_end == std::string::npos) return false;
      std::size_t size = 0;
      std::from_chars(raw_.data(), raw_.data() + line_end, size, 16);
      raw_.erase(0, line_end + 2);
      chunk_left_ = size + 2;
    }
    if (raw_.empty()) return false;
    const std::size_t count = std::min(chunk_left_, raw_.size());
    const std::size_t payload = chunk_left_ > 2 ? std::min(count, chunk_left_ - 2) : 0;
    text_.append(raw_, 0, payload);
    raw_.erase(0, count);
    chunk_left_ -= count;
    return true;
  }

  bool take_line() {
    const auto end = text_.find('\n');
    if (end == std::string::npos) return false;
    const std::string line = text_.substr(0, end);
    text_.erase(0, end + 1);
    if (line.starts_with("id: ")) next_.id = parse_event_id(std::string_view(line).substr(4));
    if (line.starts_with("event: ")) next_.name = line.substr(7);
    if (line.starts_with("data: ")) {
      next_.data += line.substr(6);
      has_data_ = true;
    }
    if (line.empty() && has_data_) seen_.push_back(next_);
    if (line.empty()) {
      next_ = {};
      has_data_ = false;
    }
    return true;
  }

  bool is_chunked_;
  std::string raw_;
  std::size_t chunk_left_ = 0;  // with its CRLF
  std::string text_;
  Seen next_;
  bool has_data_ = false;
  std::vector<Seen> seen_;
};

}  // namespace tinychat::hub
