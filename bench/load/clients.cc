#include "load/clients.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "load/sockets.h"

namespace tinychat::bench {

Clients::Clients(Loop& loop, const Target& target, std::uint32_t count)
    : loop_(loop), watcher_(loop.add(*this)), clients_(count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    clients_[i].fd = open_connection(target.port, i);
    loop_.watch(clients_[i].fd, watcher_, i, EPOLLOUT);
  }
  loop_.run_until([this] { return connected_ == clients_.size(); },
                  [] { return "clients wait to be connected"; });
}

Clients::~Clients() {
  loop_.remove(watcher_);
  for (const Client& client : clients_) ::close(client.fd);
}

void Clients::set_callbacks(OnIdle on_idle, OnAnswer on_answer) {
  on_idle_ = std::move(on_idle);
  on_answer_ = std::move(on_answer);
  for (std::uint32_t i = 0; i < clients_.size(); ++i) on_idle_(i);
}

void Clients::send(std::uint32_t client, std::string_view request) {
  send_request(clients_[client].fd, request);
  ++waiting_;
}

void Clients::on_ready(std::uint32_t index, std::uint32_t events) {
  Client& client = clients_[index];
  if (!client.is_connected) {
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) fail_run("a client cannot connect");
    client.is_connected = true;
    ++connected_;
    loop_.note_progress();
    loop_.change(client.fd, watcher_, index, EPOLLIN);
    return;
  }
  std::array<char, 64 * 1024> buffer;
  const ssize_t count = ::recv(client.fd, buffer.data(), buffer.size(), 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) fail_run("the server closed a client's connection");
  client.received.append(buffer.data(), static_cast<std::size_t>(count));
  take_answer(index);
}

void Clients::take_answer(std::uint32_t index) {
  std::string& received = clients_[index].received;
  const auto head_end = received.find("\r\n\r\n");
  if (head_end == std::string::npos) return;
  const std::string_view head = std::string_view(received).substr(0, head_end);
  if (!head.starts_with("HTTP/1.1 2")) fail_run("a request was answered with " + received.substr(0, 400));
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const auto length_at = head.find(kLength);
  if (length_at == std::string_view::npos) fail_run("an answer says no length: " + std::string(head));
  std::size_t length = 0;
  std::from_chars(head.data() + length_at + kLength.size(), head.data() + head.size(), length);
  if (received.size() < head_end + 4 + length) return;
  --waiting_;
  ++answers_;
  loop_.note_progress();
  on_answer_(index, std::string_view(received).substr(head_end + 4, length));
  received.clear();
  on_idle_(index);
}

}  // namespace tinychat::bench
