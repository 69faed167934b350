// The writing side of the journal in Redis.
#include "journal/redis_journal.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "journal/redis_scripts.h"
#include "journal/redis_site.h"
#include "wire/json_writer.h"

namespace tinychat::journal {
namespace {

using namespace std::chrono_literals;

// One call of trim_by_age().
constexpr std::string_view kTrimRooms = "200";
// With less time than this left, another attempt would only hide the reason of the last one.
constexpr auto kAttemptMin = 200ms;
constexpr std::string_view kTrimEvents = "1000";
// One call of erase() looks at so many.
constexpr std::string_view kEraseEvents = "2000";
// Entries of one look for what has become of publications without an answer.
constexpr std::string_view kSearchEntries = "1000";

Error not_stored(const Error& why) {
  return {Code::kUnavailable,
          "The message was not stored: " + why.detail + ". Send it again in a few seconds."};
}

Error not_known(const Error& why) {
  return {Code::kUnavailable, "Whether the message was stored is not known: " + why.detail +
                                  ". Send it again with the same Idempotency-Key if it had one."};
}

class RedisJournal final : public Journal {
 public:
  RedisJournal(SharedSite site, EventId origin, EventId head)
      : site_(std::move(site)), origin_(origin), head_(head), session_(site_->session("writer")) {}

  [[nodiscard]] EventId origin() const override { return origin_; }
  [[nodiscard]] EventId head() const override { return head_; }
  std::vector<Result<Published>> publish(std::span<Publication> publications,
                                         std::uint64_t now_utc_milliseconds) override;
  Result<bool> trim_by_age(std::uint64_t now_utc_milliseconds) override;
  Result<Erased> erase(std::string_view author, const std::string& from) override;
  Result<void> check() override;
  Result<std::unique_ptr<JournalReader>> open_reader() override { return make_redis_reader(site_); }

 private:
  struct Pending {
    Publication* publication = nullptr;
    std::string name;      // of the writer for it, in the log
    bool is_sent = false;  // and not answered
    std::optional<Result<Published>> outcome;
  };
  using Round = std::vector<Pending>;

  Result<redis::Connection*> fenced(SteadyTime deadline);
  Result<void> attempt(Round& round, EventId before, SteadyTime deadline);
  Result<bool> begins_by(redis::Connection& connection, EventId id, SteadyTime deadline);
  Result<void> search(redis::Connection& connection, Round& round, EventId before, SteadyTime deadline);
  void add(redis::Commands& commands, const Pending& one);
  // Error: the reply says that it is to be sent again, for this reason.
  Result<void> take(Pending& one, redis::Value reply);

  const SharedSite site_;
  // What every publish has.
  const std::string log_ = site_->keys.log();
  const std::string rooms_ = site_->keys.rooms();
  const std::string trimmed_ = site_->keys.trimmed();
  const std::string topics_ = site_->keys.topics();
  const std::string writer_ = site_->keys.writer(site_->node);
  const std::string key_lifetime_ =
      std::to_string(std::chrono::milliseconds(limits::kIdempotencyKeyLifetime).count());
  const std::string log_max_ = std::to_string(limits::kRedisLogEventsMax);
  const std::string room_max_ = std::to_string(site_->retention.messages_max);
  const std::string rooms_max_ = std::to_string(site_->retention.rooms_max);

  const EventId origin_;
  EventId head_;
  redis::Session session_;
  std::uint64_t epoch_ = 0;
  std::uint64_t fenced_ = 0;  // session_.opened() when the epoch was set
  bool is_loaded_ = false;    // the script, by Redis
  std::uint64_t next_name_ = 0;
  std::string trim_after_;
};

// --- Publishing --------------------------------------------------------------------------------

std::vector<Result<Published>> RedisJournal::publish(std::span<Publication> publications,
                                                     std::uint64_t /*now*/) {
  Round round;
  round.reserve(publications.size());
  for (auto& publication : publications) {
    round.push_back({.publication = &publication,
                     .name = site_->node + '.' + std::to_string(next_name_++),
                     .is_sent = false,
                     .outcome = {}});
  }
  const EventId before = site_->seen();
  const auto deadline = redis_deadline();
  // Whoever finds Redis away waits for it; while it is known to be away nobody does.
  const bool was_well = session_.is_well();
  for (;;) {
    const auto done = attempt(round, before, deadline);
    if (done) break;
    if ((was_well || session_.is_well()) && std::chrono::steady_clock::now() + kAttemptMin < deadline) {
      std::this_thread::sleep_for(20ms);
      continue;
    }
    const auto error = at_runtime(done.error());
    for (auto& one : round) {
      if (!one.outcome) one.outcome = std::unexpected(one.is_sent ? not_known(error) : not_stored(error));
    }
    break;
  }
  std::vector<Result<Published>> outcomes;
  outcomes.reserve(round.size());
  for (auto& one : round) {
    if (*one.outcome && !(*one.outcome)->is_repeat) head_ = std::max(head_, (*one.outcome)->event.id);
    outcomes.push_back(*std::move(one.outcome));
  }
  site_->see(head_);
  return outcomes;
}

// A connection on which commands of those before it are refused, whenever they arrive.
Result<redis::Connection*> RedisJournal::fenced(SteadyTime deadline) {
  auto connection = session_.ready(deadline);
  if (!connection || fenced_ == session_.opened()) return connection;
  const std::string epoch = std::to_string(++epoch_);
  auto reply = session_.call({"SET", writer_, epoch, "PX", key_lifetime_}, deadline);
  if (!reply) {
    session_.drop(reply.error());
    return std::unexpected(reply.error());
  }
  fenced_ = session_.opened();
  return session_.ready(deadline);
}

// Sends what has no outcome yet. Error: some still have none.
Result<void> RedisJournal::attempt(Round& round, EventId before, SteadyTime deadline) {
  // Before the fence, which is good for one connection.
  if (!is_loaded_) {
    if (auto loaded = session_.load(redis_scripts().publish, deadline); !loaded) {
      return std::unexpected(at_runtime(loaded.error()));
    }
    is_loaded_ = true;
  }
  auto connection = fenced(deadline);
  if (!connection) return std::unexpected(connection.error());
  if (std::ranges::any_of(round, [](const Pending& one) { return !one.outcome && one.is_sent; })) {
    if (auto found = search(**connection, round, before, deadline); !found) {
      session_.drop(found.error());
      return found;
    }
  }
  redis::Commands commands;
  std::vector<Pending*> sent;
  for (auto& one : round) {
    if (one.outcome) continue;
    add(commands, one);
    one.is_sent = true;
    sent.push_back(&one);
  }
  if (sent.empty()) return {};
  auto replies = (*connection)->exchange(commands, deadline);
  if (!replies) {
    session_.drop(replies.error());
    return std::unexpected(replies.error());
  }
  session_.proved();
  Result<void> all;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (auto taken = take(*sent[i], (*replies)[i].value()); !taken) all = std::move(taken);
  }
  return all;
}

void RedisJournal::add(redis::Commands& commands, const Pending& one) {
  const auto& publication = *one.publication;
  const EventId seen = site_->seen();
  std::string outside = R"({"sender":)";
  wire::append_html_escaped_json_string(outside, publication.sender);
  outside += R"(,"message":)";
  wire::append_html_escaped_json_string(outside, publication.text);
  outside += R"(,"id":")";
  // Programs of 2013 know messages only.
  if (publication.kind != room::EventKind::kMessage) outside.clear();
  const std::string room_key = site_->keys.room(publication.room);
  const std::string idempotency_key = site_->keys.key(publication.room, publication.idempotency_key);
  const std::string kind = std::to_string(static_cast<int>(publication.kind));
  const std::string epoch = std::to_string(epoch_);
  const std::string seen_milliseconds = std::to_string(seen.milliseconds);
  const std::string seen_sequence = std::to_string(seen.sequence);
  const std::string id = site_->next_id ? site_->next_id() : "*";
  const std::array<std::string_view, 7> keys{log_,    room_key, rooms_, trimmed_, idempotency_key,
                                             writer_, topics_};
  const std::array<std::string_view, 16> arguments{epoch,
                                                   publication.room,
                                                   publication.sender,
                                                   publication.text,
                                                   publication.idempotency_key,
                                                   key_lifetime_,
                                                   log_max_,
                                                   room_max_,
                                                   one.name,
                                                   seen_milliseconds,
                                                   seen_sequence,
                                                   outside,
                                                   id,
                                                   publication.author,
                                                   kind,
                                                   rooms_max_};
  redis_scripts().publish.add_to(commands, keys, arguments);
}

Result<void> RedisJournal::take(Pending& one, redis::Value reply) {
  const std::string_view text = reply.text();
  if (reply.is_error()) {
    one.is_sent = false;
    if (text.starts_with("NOSCRIPT")) {
      is_loaded_ = false;
      return fail(Code::kUnavailable, "Redis has forgotten the script");
    }
    // In Redis 7 an error of our own may come with its generic name before it.
    if (text.find("STALE") < 5) {
      fenced_ = 0;
      return fail(Code::kUnavailable, "Redis has forgotten the writer of this node");
    }
    if (text.find("CONFLICT") < 5) {
      one.outcome = std::unexpected(key_was_used());
      return {};
    }
    if (text.find("ROOMS") < 5) {
      one.outcome = std::unexpected(too_many_rooms());
      return {};
    }
    auto error = at_runtime(redis::error_of(text));
    if (error.code != Code::kUnavailable) {
      one.outcome = std::unexpected(std::move(error));
      return {};
    }
    // Perhaps another is the primary now, and the name leads to it.
    session_.drop(error);
    return std::unexpected(std::move(error));
  }
  const bool is_repeat = reply.is_array();
  auto id = id_in(is_repeat ? reply[0] : reply);
  if (!id) {
    one.outcome = std::unexpected(std::move(id.error()));
    return {};
  }
  auto& publication = *one.publication;
  // Who is known by an id may have had another name then.
  if (is_repeat && reply.size() > 1) publication.sender = reply[1].text();
  one.outcome = Published{.event = {.id = *id,
                                    .kind = publication.kind,
                                    .room = std::move(publication.room),
                                    .sender = std::move(publication.sender),
                                    .text = std::move(publication.text),
                                    .idempotency_key = std::move(publication.idempotency_key),
                                    .author = std::move(publication.author)},
                          .is_repeat = is_repeat};
  return {};
}

// Whether the log has all that came after an id.
Result<bool> RedisJournal::begins_by(redis::Connection& connection, EventId id, SteadyTime deadline) {
  auto replies = connection.exchange(redis::Commands{"XRANGE", log_, "-", "+", "COUNT", "1"}, deadline);
  if (!replies) return std::unexpected(replies.error());
  const auto entries = replies->front().value();
  if (entries.is_error()) return std::unexpected(redis::error_of(entries.text()));
  if (entries.size() == 0) return true;
  const auto oldest = id_in(entries[0][0]);
  if (!oldest) return std::unexpected(oldest.error());
  return *oldest <= id;
}

// Which of those that were sent and not answered are in the log. All that were sent on another connection
// are there by now or never will be.
Result<void> RedisJournal::search(redis::Connection& connection, Round& round, EventId before,
                                  SteadyTime deadline) {
  std::string from = to_string(before);
  for (;;) {
    auto replies = connection.exchange(
        redis::Commands{"XRANGE", log_, '(' + from, "+", "COUNT", kSearchEntries}, deadline);
    if (!replies) return std::unexpected(replies.error());
    const auto entries = replies->front().value();
    if (entries.is_error()) return std::unexpected(redis::error_of(entries.text()));
    if (entries.size() == 0) break;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto fields = entries[i][1];
      for (std::size_t n = 0; n + 1 < fields.size(); n += 2) {
        if (fields[n].text() != "w") continue;
        const auto one = std::ranges::find(round, fields[n + 1].text(), &Pending::name);
        if (one == round.end() || one->outcome) continue;
        if (auto taken = take(*one, entries[i][0]); !taken) return taken;
      }
    }
    from = entries[entries.size() - 1][0].text();
  }
  // What was not found may have been cut off, also while it was looked for: hence this afterwards.
  const auto begins = begins_by(connection, before, deadline);
  if (!begins) return std::unexpected(begins.error());
  const Error cut{Code::kUnavailable, "the log was shortened meanwhile"};
  for (auto& one : round) {
    if (!one.outcome && one.is_sent && !*begins) one.outcome = std::unexpected(not_known(cut));
    one.is_sent = false;
  }
  return {};
}

// --- The rest ----------------------------------------------------------------------------------

Result<void> RedisJournal::check() {
  fenced_ = 0;
  auto connection = fenced(redis_deadline());
  if (!connection) return std::unexpected(at_runtime(connection.error()));
  return {};
}

Result<bool> RedisJournal::trim_by_age(std::uint64_t now_utc_milliseconds) {
  const auto age = site_->retention.age_milliseconds_max;
  if (age == 0 || now_utc_milliseconds <= age) return false;
  const std::string limit = to_string(EventId{now_utc_milliseconds - age, 0});
  const std::array<std::string_view, 2> keys{rooms_, trimmed_};
  const std::array<std::string_view, 5> arguments{site_->keys.base(), limit, trim_after_, kTrimRooms,
                                                  kTrimEvents};
  auto reply = session_.evaluate(redis_scripts().trim, keys, arguments, redis_deadline());
  if (!reply) return std::unexpected(at_runtime(reply.error()));
  const bool has_more = !reply->value().is_nil();
  trim_after_ = reply->value().text();
  return has_more;
}

// A piece ends within a room: at an id of it.
Result<Erased> RedisJournal::erase(std::string_view author, const std::string& from) {
  const auto space = std::min(from.find(' '), from.size());
  const std::string_view id = std::string_view(from).substr(0, space);
  const std::string_view room = std::string_view(from).substr(std::min(space + 1, from.size()));
  const std::array<std::string_view, 3> keys{rooms_, topics_, log_};
  const std::array<std::string_view, 5> arguments{site_->keys.base(), author, room, id, kEraseEvents};
  auto reply = session_.evaluate(redis_scripts().erase, keys, arguments, redis_deadline());
  if (!reply) return std::unexpected(at_runtime(reply.error()));
  Erased erased{.events = static_cast<std::uint64_t>(reply->value()[0].integer()), .end = {}};
  if (reply->value().size() < 3) return erased;
  erased.end = reply->value()[2].text();
  erased.end += ' ';
  erased.end += reply->value()[1].text();
  return erased;
}

}  // namespace

std::unique_ptr<Journal> make_redis_journal(SharedSite site, EventId origin, EventId head) {
  return std::make_unique<RedisJournal>(std::move(site), origin, head);
}

}  // namespace tinychat::journal
