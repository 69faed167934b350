#include "hub/writer.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

namespace tinychat::hub {
namespace {

using namespace std::chrono_literals;

// How long a subscriber that the server sent away may stay away before it is said to have left: its
// reconnection time and some.
constexpr auto kLeaveGrace = 10s;
constexpr auto kTrimInterval = 60s;
constexpr auto kNudgeInterval = 50ms;

std::string key_in_room(const PublishRequest& request) {
  return request.room + '\0' + request.idempotency_key;
}

bool is_same_message(const room::Event& event, const PublishRequest& request) {
  // Who is known by an id may have changed names since.
  if (event.author != request.author || event.text != request.text || event.kind != request.kind)
    return false;
  return !event.author.empty() || event.sender == request.sender;
}

Error key_was_used() {
  return {Code::kUnprocessable,
          "This Idempotency-Key was used for another message in this room; use a new key for a new message."};
}

}  // namespace

// What gathers while the commands of one round are taken.
struct Writer::Round {
  // The outcome is an event found in the journal or an error (`known`), or depends on the commit of one of
  // `events` (by index).
  struct Answer {
    std::size_t shard = 0;
    std::uint64_t ticket = 0;
    std::size_t index = 0;
    bool is_repeat = false;
    bool is_conflict = false;  // with the event of its key
    std::optional<Result<room::Event>> known;
  };

  std::vector<room::Event> events;
  std::unordered_map<std::string, std::size_t> keys;  // of `events`
  std::vector<Answer> answers;
  std::vector<Transient> transients;
  std::optional<Error> commit_error;
};

Writer::Writer(journal::Journal& journal, const Clock& clock, WriterInbox& inbox,
               std::vector<ShardInbox*> shards, CommittedHead& committed_head)
    : journal_(journal),
      clock_(clock),
      inbox_(inbox),
      shards_(std::move(shards)),
      committed_head_(committed_head),
      ids_(journal.head()),
      head_(journal.head()),
      missed_some_(shards_.size(), false),
      next_trim_(clock.steady()) {}

void Writer::run() {
  std::vector<WriterCommand> commands;
  while (inbox_.wait_and_drain(commands, next_deadline())) {
    for (std::span rest(commands); !rest.empty();) {
      const auto piece = rest.first(std::min(rest.size(), limits::kBatchEventsMax));
      handle(piece);
      rest = rest.subspan(piece.size());
    }
    handle_time();
  }
}

void Writer::handle(std::span<WriterCommand> commands) {
  Round round;
  for (auto& command : commands) {
    std::visit([&](auto& one) { take(one, round); }, command);
  }
  commit(round);
  deliver(round);
  acknowledge(round);
}

// --- Taking ------------------------------------------------------------------------------------

void Writer::take(PublishCommand& command, Round& round) {
  auto& request = command.request;
  Round::Answer answer{.shard = command.shard,
                       .ticket = command.ticket,
                       .index = 0,
                       .is_repeat = false,
                       .is_conflict = false,
                       .known = {}};
  if (!request.idempotency_key.empty()) {
    const auto [entry, is_new] = round.keys.try_emplace(key_in_room(request), round.events.size());
    if (!is_new) {
      answer.index = entry->second;
      answer.is_repeat = true;
      answer.is_conflict = !is_same_message(round.events[entry->second], request);
      round.answers.push_back(std::move(answer));
      return;
    }
    auto found = journal_.find_by_key(request.room, request.idempotency_key);
    if (!found || *found) {
      round.keys.erase(entry);
      answer.is_repeat = true;
      if (!found) {
        answer.known = std::unexpected(found.error());
      } else if (is_same_message(**found, request)) {
        answer.known = std::move(**found);
      } else {
        answer.known = std::unexpected(key_was_used());
      }
      round.answers.push_back(std::move(answer));
      return;
    }
  }
  answer.index = round.events.size();
  round.answers.push_back(std::move(answer));
  round.events.push_back({.id = ids_.next(clock_.utc_milliseconds()),
                          .kind = request.kind,
                          .room = std::move(request.room),
                          .sender = std::move(request.sender),
                          .text = std::move(request.text),
                          .idempotency_key = std::move(request.idempotency_key),
                          .author = std::move(request.author)});
}

void Writer::take(PresenceCommand& command, Round& round) {
  room::Person person{.id = std::move(command.user), .name = std::move(command.name)};
  switch (command.kind) {
    case PresenceCommand::Kind::kJoin:
      if (presence_.join(command.room, person)) {
        tell_presence(room::PresenceChange::kJoined, command.room, person, round);
      }
      return;
    case PresenceCommand::Kind::kLeave: leave(command.room, person, round); return;
    case PresenceCommand::Kind::kLeaveSoon:
      deferred_leaves_.push_back({clock_.steady() + kLeaveGrace, std::move(command.room), std::move(person)});
      return;
  }
}

void Writer::leave(std::string_view room, const room::Person& person, Round& round) {
  if (const auto gone = presence_.leave(room, person)) {
    tell_presence(room::PresenceChange::kLeft, room, *gone, round);
  }
}

void Writer::tell_presence(room::PresenceChange change, std::string_view room, const room::Person& person,
                           Round& round) {
  // Where so many are, nobody reads who comes and goes, and telling all of them of each would be most of what
  // is sent.
  if (!person.id.empty() && presence_.count(room) > limits::kPeopleListedMax) return;
  // Who comes is there before what they say, and who goes after it.
  round.transients.push_back({.room = std::string(room),
                              .frames = room::render_presence(change, room, person),
                              .is_first = change == room::PresenceChange::kJoined});
}

void Writer::take(PresenceAsked& asked, Round& /*round*/) {
  shards_[asked.shard]->push_answer(asked.question(presence_));
}

void Writer::take(Signal& signal, Round& round) {
  const auto tell = [&](std::string room, const wire::Frame& frame, std::string user = {}) {
    round.transients.push_back({.room = std::move(room),
                                .frames = {frame, frame},
                                .is_first = false,
                                .is_v1_only = true,
                                .user = std::move(user)});
  };
  if (auto* typing = std::get_if<TypingSignal>(&signal)) {
    if (!typing_.allow(typing->room + '\0' + typing->user.id, clock_.steady())) return;
    const auto frame = room::render_typing(typing->room, typing->user);
    tell(std::move(typing->room), frame);
  } else if (const auto* renamed = std::get_if<RenamedSignal>(&signal)) {
    for (auto& room : presence_.rename(renamed->user.id, renamed->user.name)) {
      const auto frame = room::render_renamed(room, renamed->user, renamed->previous);
      tell(std::move(room), frame);
    }
  } else {
    auto& to_user = std::get<UserSignal>(signal);
    tell({}, room::render_signal(to_user.event, to_user.json), std::move(to_user.user));
  }
}

// --- Committing --------------------------------------------------------------------------------

void Writer::commit(Round& round) {
  if (round.events.empty()) return;
  if (auto appended = journal_.append(round.events); !appended) {
    log(info(appended.error().code).log_level, "the journal refused " + std::to_string(round.events.size()) +
                                                   " messages: " + appended.error().detail);
    round.commit_error = std::move(appended.error());
  }
}

void Writer::deliver(Round& round) {
  if (round.events.empty() && round.transients.empty()) return;
  auto batch = std::make_shared<Batch>();
  batch->previous = head_;
  if (!round.commit_error) {
    batch->events.reserve(round.events.size());
    for (const auto& event : round.events) {
      batch->events.push_back(std::make_shared<const room::RenderedEvent>(room::render(event)));
    }
    if (!round.events.empty()) head_ = round.events.back().id;
  }
  batch->head = head_;
  batch->transients = std::move(round.transients);
  if (batch->events.empty() && batch->transients.empty()) return;
  committed_head_.store(head_);
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) push_batch(shard, batch);
}

void Writer::push_batch(std::size_t shard, const SharedBatch& batch) {
  if (!shards_[shard]->try_push(batch)) missed_some_[shard] = true;
}

// A shard that missed the last batch of all would otherwise learn of it with the next publish only.
void Writer::nudge_shards_that_missed_some() {
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!missed_some_[shard]) continue;
    auto nudge = std::make_shared<Batch>();
    nudge->previous = nudge->head = head_;
    missed_some_[shard] = false;
    push_batch(shard, nudge);
  }
}

void Writer::acknowledge(Round& round) {
  std::vector<PublishAcks> acks(shards_.size());
  for (auto& answer : round.answers) {
    PublishAck ack{.ticket = answer.ticket, .outcome = {}};
    if (answer.known && *answer.known) {
      ack.outcome = Published{std::move(**answer.known), answer.is_repeat};
    } else if (answer.known) {
      ack.outcome = std::unexpected(std::move(answer.known->error()));
    } else if (round.commit_error) {
      ack.outcome = std::unexpected(*round.commit_error);
    } else if (answer.is_conflict) {
      ack.outcome = std::unexpected(key_was_used());
    } else {
      // Repeats within the round share an event, so it is copied.
      ack.outcome = Published{round.events[answer.index], answer.is_repeat};
    }
    acks[answer.shard].push_back(std::move(ack));
  }
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!acks[shard].empty()) shards_[shard]->push_answer(std::move(acks[shard]));
  }
}

// --- Time --------------------------------------------------------------------------------------

void Writer::handle_time() {
  const SteadyTime now = clock_.steady();
  nudge_shards_that_missed_some();
  Round round;
  while (!deferred_leaves_.empty() && deferred_leaves_.front().due <= now) {
    const DeferredLeave due = std::move(deferred_leaves_.front());
    deferred_leaves_.pop_front();
    leave(due.room, due.person, round);
  }
  deliver(round);
  if (now < next_trim_) return;
  const auto has_more = journal_.trim_by_age(clock_.utc_milliseconds());
  if (!has_more) log(LogLevel::kError, "cannot trim the journal: " + has_more.error().detail);
  // With more to trim, publishes have their turn in between.
  next_trim_ = has_more && *has_more ? now : now + kTrimInterval;
}

SteadyTime Writer::next_deadline() const {
  const SteadyTime now = clock_.steady();
  SteadyTime deadline = next_trim_;
  if (!deferred_leaves_.empty()) deadline = std::min(deadline, deferred_leaves_.front().due);
  if (std::ranges::find(missed_some_, true) != missed_some_.end()) {
    deadline = std::min(deadline, now + kNudgeInterval);
  }
  return deadline;
}

}  // namespace tinychat::hub
