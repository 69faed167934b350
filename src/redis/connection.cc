#include "redis/connection.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace tinychat::redis {
namespace {

struct Meaning {
  std::string_view prefix;
  Code code;
  std::string_view advice;
};

constexpr Meaning kMeanings[] = {
    {"LOADING", Code::kUnavailable, "it is reading its data from disk; this passes"},
    {"READONLY", Code::kUnavailable, "it is a replica; is the address that of the primary?"},
    {"MASTERDOWN", Code::kUnavailable, "it has lost its primary; this passes"},
    {"CLUSTERDOWN", Code::kUnavailable, "the cluster is not whole; see CLUSTER INFO"},
    {"TRYAGAIN", Code::kUnavailable, "a slot of the cluster is moving; this passes"},
    {"BUSY", Code::kUnavailable, "a script keeps it busy; see SCRIPT KILL"},
    {"NOREPLICAS", Code::kUnavailable, "too few of its replicas are there"},
    {"UNKILLABLE", Code::kUnavailable, "a script keeps it busy"},
    {"MISCONF", Code::kUnavailable, "it cannot write to its disk; see its log"},
    {"OOM", Code::kStorageFull, "it has no memory left; raise maxmemory, or keep less (--retain-messages)"},
    {"NOAUTH", Code::kUsage, "it wants a password; put it into the address, redis://:password@host"},
    {"WRONGPASS", Code::kUsage, "user or password is wrong; correct them in the address"},
    {"NOPERM", Code::kUsage, "its user lacks rights; docs/redis.md names those that are needed"},
    {"ERR invalid password", Code::kUsage, "the password is wrong; correct it in the address"},
    {"ERR AUTH", Code::kUsage, "it has no password; take it out of the address"},
    {"ERR Client sent AUTH", Code::kUsage, "it has no password; take it out of the address"},
    {"ERR DB index", Code::kUsage, "it has no such database; correct the number in the address"},
    {"ERR invalid DB index", Code::kUsage, "it has no such database; correct the number in the address"},
    {"ERR max number of clients", Code::kUnavailable, "it has too many clients; raise maxclients"},
    {"WRONGTYPE", Code::kStorageFailed,
     "another program keeps something under our keys; choose another --redis-prefix"},
};

}  // namespace

Error error_of(std::string_view reply) {
  const auto meaning =
      std::ranges::find_if(kMeanings, [&](const Meaning& one) { return reply.starts_with(one.prefix); });
  std::string detail = "Redis says \"" + std::string(reply.substr(0, 200)) + '"';
  if (meaning == std::ranges::end(kMeanings)) return {Code::kStorageFailed, std::move(detail)};
  return {meaning->code, detail + ": " + std::string(meaning->advice)};
}

Result<std::unique_ptr<Connection>> Connection::open(const Endpoint& endpoint, std::string_view name,
                                                     SteadyTime deadline) {
  auto transport = open_transport(endpoint, deadline);
  if (!transport) return std::unexpected(transport.error());
  std::unique_ptr<Connection> connection(new Connection(endpoint, std::move(*transport)));
  if (auto done = connection->introduce(name, deadline); !done) return std::unexpected(done.error());
  return connection;
}

Result<void> Connection::introduce(std::string_view name, SteadyTime deadline) {
  Commands commands;
  if (!endpoint_.user.empty()) {
    commands.add({"AUTH", endpoint_.user, endpoint_.password});
  } else if (!endpoint_.password.empty()) {
    commands.add({"AUTH", endpoint_.password});
  }
  if (endpoint_.database != 0) commands.add({"SELECT", std::to_string(endpoint_.database)});
  // Also where nothing else is to be said: it tells whether this is a Redis that can be used now.
  commands.add({"PING"});
  auto replies = exchange(commands, deadline);
  if (!replies) return std::unexpected(replies.error());
  for (const auto& reply : *replies) {
    if (!reply.value().is_error()) continue;
    auto error = error_of(reply.value().text());
    error.detail = to_string(endpoint_) + ": " + error.detail;
    return std::unexpected(std::move(error));
  }
  // For CLIENT LIST; where it is forbidden, that is no reason to do without.
  auto named = exchange({"CLIENT", "SETNAME", name}, deadline);
  if (!named) return std::unexpected(named.error());
  return {};
}

std::unexpected<Error> Connection::lost(std::string_view how) const {
  return fail(Code::kUnavailable, "Redis at " + to_string(endpoint_) + ' ' + std::string(how));
}

Result<Transport::Status> Connection::read_more() {
  const auto moved = transport_->read(buffer_);
  switch (moved.status) {
    case Transport::Status::kDone:
      if (auto fed = reader_.feed({buffer_.data(), moved.bytes}); !fed) return std::unexpected(fed.error());
      break;
    case Transport::Status::kClosed: return lost("has closed the connection");
    case Transport::Status::kFailed: return lost("is gone: the connection broke");
    default: break;
  }
  return moved.status;
}

Result<Transport::Status> Connection::write_more(std::string_view& bytes) {
  const auto moved = transport_->write(bytes);
  switch (moved.status) {
    case Transport::Status::kDone: bytes.remove_prefix(moved.bytes); break;
    case Transport::Status::kClosed:
    case Transport::Status::kFailed: return lost("is gone: the connection broke");
    default: break;
  }
  return moved.status;
}

// Reads while it writes: with many commands under way, both sides' buffers fill.
Result<std::vector<Reply>> Connection::exchange(const Commands& commands, SteadyTime deadline) {
  std::vector<Reply> replies;
  replies.reserve(commands.count());
  std::string_view rest = commands.bytes();
  for (;;) {
    bool reads_for_write = false;
    if (!rest.empty()) {
      const auto written = write_more(rest);
      if (!written) return std::unexpected(written.error());
      if (*written == Transport::Status::kDone && !rest.empty()) continue;
      reads_for_write = *written == Transport::Status::kWaitToRead;
    }
    bool writes_for_read = false;
    for (bool has_more = true; has_more;) {
      const auto read = read_more();
      if (!read) return std::unexpected(read.error());
      has_more = *read == Transport::Status::kDone;
      writes_for_read = *read == Transport::Status::kWaitToWrite;
    }
    Reply reply;
    while (replies.size() < commands.count()) {
      const auto got = reader_.next(reply);
      if (!got) return std::unexpected(got.error());
      if (!*got) break;
      replies.push_back(std::move(reply));
    }
    if (replies.size() == commands.count()) return replies;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return lost("does not answer in time");
    const bool wants_to_write = (!rest.empty() && !reads_for_write) || writes_for_read;
    pollfd one{
        .fd = fd(), .events = static_cast<short>(POLLIN | (wants_to_write ? POLLOUT : 0)), .revents = 0};
    (void)::poll(&one, 1, static_cast<int>(left.count()));
  }
}

Result<void> Connection::send(const Commands& commands, SteadyTime deadline) {
  for (std::string_view rest = commands.bytes(); !rest.empty();) {
    const auto written = write_more(rest);
    if (!written) return std::unexpected(written.error());
    if (*written == Transport::Status::kDone) continue;
    if (!wait_for(fd(), *written == Transport::Status::kWaitToWrite, deadline)) {
      return lost("does not take what is sent to it");
    }
  }
  return {};
}

Result<std::optional<Reply>> Connection::try_receive() {
  Reply reply;
  for (;;) {
    const auto got = reader_.next(reply);
    if (!got) return std::unexpected(got.error());
    if (*got) return reply;
    const auto read = read_more();
    if (!read) return std::unexpected(read.error());
    if (*read != Transport::Status::kDone) return std::nullopt;
  }
}

}  // namespace tinychat::redis
