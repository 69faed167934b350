// The tail of the log in Redis: what anybody has added, what programs outside publish to rooms, and signals.
//
// Two connections, both waited for at once: on one, an XREAD is always under way; on the other, a pattern
// that takes all channels. The pattern is one that nobody else would write, so that the publish script can
// tell whether anybody but us listens with patterns.

#include <poll.h>

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"
#include "journal/outside_message.h"
#include "journal/redis_scripts.h"
#include "journal/redis_signal.h"
#include "journal/redis_site.h"

namespace tinychat::journal {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPattern = "*[^\r\n]*";

class RedisTail final : public LogTail {
 public:
  explicit RedisTail(SharedSite site)
      : site_(std::move(site)), log_(site_->session("tail")), outside_(site_->session("outside")) {}

  Result<LogNews> next(EventId cursor, std::chrono::milliseconds patience) override;
  [[nodiscard]] std::size_t take_malformed() override { return std::exchange(malformed_, 0); }

 private:
  static SteadyTime now() { return std::chrono::steady_clock::now(); }

  Result<LogNews> look(EventId cursor);
  Result<void> ask(EventId cursor);
  Result<void> mark_reset(EventId cursor);
  Result<std::optional<LogNews>> receive(EventId cursor);
  void listen_outside();
  void receive_outside(LogNews& news);
  void receive_signal(std::string_view payload, LogNews& news);
  void wait(std::chrono::milliseconds patience);

  const SharedSite site_;
  redis::Session log_;
  redis::Session outside_;
  std::uint64_t looked_ = 0;         // log_.opened() when the cursor was last looked for
  SteadyTime look_again_;            // and when to do so next while all is quiet
  std::optional<SteadyTime> asked_;  // an XREAD is under way since
  std::uint64_t listening_ = 0;      // outside_.opened() when it was subscribed
  std::size_t malformed_ = 0;
};

Result<LogNews> RedisTail::next(EventId cursor, std::chrono::milliseconds patience) {
  auto connection = log_.ready(redis_deadline());
  if (!connection) return std::unexpected(at_runtime(connection.error()));
  const auto give_up = [&](const Error& error) {
    log_.drop(error);
    asked_.reset();
    return std::unexpected(at_runtime(error));
  };
  if (looked_ != log_.opened()) {
    asked_.reset();
    auto news = look(cursor);
    if (!news) return give_up(news.error());
    looked_ = log_.opened();
    if (news->has_gap) return news;
  }
  if (!asked_) {
    if (auto asked = ask(cursor); !asked) return give_up(asked.error());
  }
  listen_outside();
  LogNews news;
  for (const auto until = now() + patience;;) {
    auto received = receive(cursor);
    if (!received) return give_up(received.error());
    if (*received) news = std::move(**received);
    receive_outside(news);
    if (*received || !news.outside.empty() || !news.signals.empty()) return news;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now());
    if (left <= 0ms) return news;
    wait(left);
    if (now() - *asked_ > limits::kRedisTailWait + limits::kRedisReplyTimeout) {
      return give_up({Code::kUnavailable, "Redis at " + to_string(site_->endpoint) + " does not answer"});
    }
  }
}

// Where the cursor stands in the log that this connection leads to, which may be another's by now.
Result<LogNews> RedisTail::look(EventId cursor) {
  const std::string log = site_->keys.log();
  const std::string id = to_string(cursor);
  const std::array<std::string_view, 1> keys{log};
  const std::array<std::string_view, 1> arguments{id};
  auto reply = log_.evaluate(redis_scripts().look, keys, arguments, redis_deadline());
  if (!reply) return std::unexpected(reply.error());
  look_again_ = now() + limits::kRedisTailWait;
  LogNews news;
  if (reply->value()[0].integer() > 0) return news;
  const auto oldest = parse_event_id(reply->value()[1].text());
  if (oldest && *oldest > cursor) {
    news.has_gap = true;
    news.begins_after = {oldest->milliseconds, oldest->sequence - 1};
    if (oldest->sequence == 0) news.begins_after = {oldest->milliseconds - 1, ~std::uint64_t{0}};
    return news;
  }
  if (auto marked = mark_reset(cursor); !marked) return std::unexpected(marked.error());
  return news;
}

// The cursor's entry is not there, and it was not trimmed: what this node has told its streams never was.
Result<void> RedisTail::mark_reset(EventId cursor) {
  tinychat::log(LogLevel::kError, "Redis has lost the end of the log (a failover, or it was emptied): id " +
                                      to_string(cursor) +
                                      " is not in it; subscribers are told to start anew");
  const std::string log = site_->keys.log();
  const std::string meta = site_->keys.meta();
  const std::string seen = to_string(cursor);
  const std::string after = to_string(EventId{cursor.milliseconds, cursor.sequence + 1});
  const std::array<std::string_view, 2> keys{log, meta};
  const std::array<std::string_view, 2> arguments{seen, after};
  auto reply = log_.evaluate(redis_scripts().mark_reset, keys, arguments, redis_deadline());
  if (!reply) return std::unexpected(reply.error());
  return {};
}

Result<void> RedisTail::ask(EventId cursor) {
  auto connection = log_.ready(redis_deadline());
  if (!connection) return std::unexpected(connection.error());
  const std::string count = std::to_string(limits::kRedisTailEventsMax);
  const std::string wait = std::to_string(std::chrono::milliseconds(limits::kRedisTailWait).count());
  const std::string log = site_->keys.log();
  redis::Commands commands;
  commands.add({"XREAD", "COUNT", count, "BLOCK", wait, "STREAMS", log, to_string(cursor)});
  asked_ = now();
  return (*connection)->send(commands, redis_deadline());
}

Result<std::optional<LogNews>> RedisTail::receive(EventId cursor) {
  auto connection = log_.ready(redis_deadline());
  if (!connection) return std::unexpected(connection.error());
  auto reply = (*connection)->try_receive();
  if (!reply) return std::unexpected(reply.error());
  if (!*reply) return std::nullopt;
  asked_.reset();
  log_.proved();
  const auto value = (*reply)->value();
  if (value.is_error()) return std::unexpected(redis::error_of(value.text()));
  if (value.is_nil()) {
    // Quiet. It may be because the log is not what it was.
    if (now() < look_again_) return LogNews{};
    auto news = look(cursor);
    if (!news) return std::unexpected(news.error());
    return std::move(*news);
  }
  LogNews news;
  const auto entries = value[0][1];
  news.entries.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto id = id_in(entries[i][0]);
    if (!id) return std::unexpected(id.error());
    const auto fields = entries[i][1];
    const auto kind = fields[0].text();
    if (kind == "r") {
      news.entries.push_back({*id, event_in(*id, "", fields)});
    } else if (kind == "p") {
      const auto change =
          fields[1].text() == "j" ? room::PresenceChange::kJoined : room::PresenceChange::kLeft;
      news.entries.push_back({*id, PresenceNews{change, std::string(fields[3].text()),
                                                room::Person{.id = std::string(fields[7].text()),
                                                             .name = std::string(fields[5].text())}}});
    } else if (kind == "x") {
      news.entries.push_back({*id, LogReset{}});
    } else {
      news.entries.push_back({*id, LogPlace{}});
    }
    site_->see(*id);
  }
  return news;
}

// --- Outside -----------------------------------------------------------------------------------

// At most once: while there is no connection, what is said outside passes by.
void RedisTail::listen_outside() {
  auto connection = outside_.ready(redis_deadline());
  if (!connection || listening_ == outside_.opened()) return;
  auto replies = (*connection)->exchange({"PSUBSCRIBE", kPattern}, redis_deadline());
  if (!replies) return outside_.drop(replies.error());
  if (replies->front().value().is_error()) {
    const auto error = redis::error_of(replies->front().value().text());
    tinychat::log(LogLevel::kWarning, "what other programs publish in Redis is not heard: " + error.detail);
    return outside_.drop(error);
  }
  outside_.proved();
  listening_ = outside_.opened();
}

void RedisTail::receive_outside(LogNews& news) {
  if (listening_ != outside_.opened()) return;
  for (std::size_t count = 0; count < limits::kRedisTailEventsMax; ++count) {
    // Opening one is listen_outside()'s: a connection that is not subscribed hears nothing.
    auto* connection = outside_.connection();
    if (connection == nullptr) return;
    auto reply = connection->try_receive();
    if (!reply) return outside_.drop(reply.error());
    if (!*reply) return;
    // pmessage, pattern, channel, payload
    const auto value = (*reply)->value();
    if (value[0].text() != "pmessage") continue;
    if (RedisKeys::is_signals(value[2].text())) {
      if (value[2].text() == site_->keys.signals()) receive_signal(value[3].text(), news);
      continue;
    }
    auto message = read_outside_message(value[2].text(), value[3].text());
    if (!message) {
      ++malformed_;
      if (log_enabled(LogLevel::kDebug)) {
        tinychat::log(LogLevel::kDebug, "dropped what was published to channel " +
                                            std::string(value[2].text().substr(0, 100)) + ": " +
                                            message.error().detail);
      }
    } else if (*message) {
      news.outside.push_back(std::move(**message));
    }
  }
}

void RedisTail::receive_signal(std::string_view payload, LogNews& news) {
  if (auto signal = read_signal(payload)) {
    news.signals.push_back(std::move(*signal));
  } else {
    ++malformed_;
  }
}

void RedisTail::wait(std::chrono::milliseconds patience) {
  std::array<pollfd, 2> both{};
  nfds_t count = 0;
  for (const auto* session : {&log_, &outside_}) {
    const auto* connection = session->connection();
    if (connection != nullptr) both[count++] = {.fd = connection->fd(), .events = POLLIN, .revents = 0};
  }
  (void)::poll(both.data(), count, static_cast<int>(patience.count()));
}

}  // namespace

std::unique_ptr<LogTail> make_redis_tail(SharedSite site) {
  return std::make_unique<RedisTail>(std::move(site));
}

}  // namespace tinychat::journal
