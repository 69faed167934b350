#include "redis/session.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace tinychat::redis {
namespace {

using namespace std::chrono_literals;

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

Session::Session(Endpoint endpoint, std::string name)
    : endpoint_(std::move(endpoint)), name_(std::move(name)), random_(std::random_device{}()) {}

Result<Connection*> Session::ready(SteadyTime deadline) {
  if (connection_) return connection_.get();
  if (backoff_ > 0ms && now() < next_attempt_) return std::unexpected(last_error_);
  const auto attempt_deadline = std::min(deadline, now() + limits::kRedisConnectTimeout);
  auto opened = Connection::open(endpoint_, name_, attempt_deadline);
  if (!opened) {
    drop(opened.error());
    return std::unexpected(opened.error());
  }
  connection_ = std::move(*opened);
  ++opened_;
  return connection_.get();
}

// The first attempt after a connection that worked is at once. A connection proves itself by its first
// reply, see call().
void Session::drop(const Error& error) {
  connection_.reset();
  last_error_ = error;
  backoff_ =
      std::clamp<std::chrono::milliseconds>(backoff_ * 2, limits::kRedisBackoffMin, limits::kRedisBackoffMax);
  next_attempt_ = now() + std::chrono::milliseconds(
                              std::uniform_int_distribution(backoff_.count() / 2, backoff_.count())(random_));
}

// Once more where the connection was dropped from the other side, which an idle one learns only now.
Result<Reply> Session::call(const Commands& commands, SteadyTime deadline) {
  for (bool is_again = false;; is_again = true) {
    const bool was_open = connection_ != nullptr;
    auto connection = ready(deadline);
    if (!connection) return std::unexpected(connection.error());
    auto replies = (*connection)->exchange(commands, deadline);
    if (replies) {
      proved();
      return std::move(replies->front());
    }
    drop(replies.error());
    if (!was_open || is_again || now() >= deadline) return std::unexpected(replies.error());
    proved();
  }
}

Result<Reply> Session::call(std::initializer_list<std::string_view> command, SteadyTime deadline) {
  auto reply = call(Commands(command), deadline);
  if (reply && reply->value().is_error()) return std::unexpected(error_of(reply->value().text()));
  return reply;
}

Result<void> Session::load(const Script& script, SteadyTime deadline) {
  auto digest = call({"SCRIPT", "LOAD", script.source()}, deadline);
  if (!digest) return std::unexpected(digest.error());
  if (!script.take_digest(digest->value().text())) {
    return fail(Code::kUsage, "SCRIPT LOAD is not answered with a digest; is this a Redis?");
  }
  return {};
}

Result<Reply> Session::evaluate(const Script& script, std::span<const std::string_view> keys,
                                std::span<const std::string_view> arguments, SteadyTime deadline) {
  bool was_loaded = !script.has_digest();
  if (was_loaded) {
    if (auto loaded = load(script, deadline); !loaded) return std::unexpected(loaded.error());
  }
  Commands commands;
  script.add_to(commands, keys, arguments);
  for (;;) {
    auto reply = call(commands, deadline);
    if (!reply) return reply;
    const Value value = reply->value();
    if (!value.is_error()) return reply;
    if (value.text().starts_with("NOSCRIPT") && !std::exchange(was_loaded, true)) {
      if (auto loaded = load(script, deadline); !loaded) return std::unexpected(loaded.error());
      continue;
    }
    auto error = error_of(value.text());
    // Whoever is the primary now, this one is not: the name may lead elsewhere.
    if (value.text().starts_with("READONLY")) drop(error);
    return std::unexpected(std::move(error));
  }
}

}  // namespace tinychat::redis
