#include "hub/writer.h"

#include <algorithm>
#include <chrono>
#include <memory>
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
constexpr auto kCheckInterval = 1s;
constexpr auto kBeatInterval = 1s;

// Ours or the storage's fault; a key that was used is the client's.
bool is_failure(const Result<Published>& outcome) {
  return !outcome && info(outcome.error().code).http_status >= 500;
}

}  // namespace

// What gathers while the commands of one round are taken.
struct Writer::Round {
  struct Asker {
    std::size_t shard = 0;
    std::uint64_t ticket = 0;
  };

  std::vector<PublishRequest> publications;
  std::vector<Asker> askers;  // of `publications`
  std::vector<Result<Published>> outcomes;
  std::vector<Transient> transients;
  std::vector<journal::PresenceNews> leaves;  // to be told by all nodes
  std::vector<room::SignalText> signals;
};

Writer::Writer(journal::Journal& journal, const Clock& clock, WriterInbox& inbox,
               std::vector<ShardInbox*> shards, CommittedHead& committed_head)
    : journal_(journal),
      clock_(clock),
      inbox_(inbox),
      shards_(std::move(shards)),
      delivery_(std::in_place, shards_, committed_head, journal.head()),
      next_trim_(clock.steady()) {}

Writer::Writer(journal::Journal& journal, const Clock& clock, WriterInbox& inbox,
               std::vector<ShardInbox*> shards, journal::SharedPresence& presence)
    : journal_(journal),
      clock_(clock),
      inbox_(inbox),
      shards_(std::move(shards)),
      shared_presence_(&presence),
      next_trim_(clock.steady()),
      next_renewal_(clock.steady()) {}

void Writer::run() {
  std::vector<WriterCommand> commands;
  while (inbox_.wait_and_drain(commands, next_deadline())) {
    pulse_.beat(clock_.steady());
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
  pass_on_signals(round);
}

// --- Taking ------------------------------------------------------------------------------------

void Writer::take(PublishCommand& command, Round& round) {
  round.askers.push_back({command.shard, command.ticket});
  round.publications.push_back(std::move(command.request));
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
  if (shared_presence_ != nullptr) {
    journal::PresenceNews news{change, std::string(room), person};
    if (change == room::PresenceChange::kJoined) {
      shared_presence_->tell(news);
    } else {
      round.leaves.push_back(std::move(news));
    }
    return;
  }
  // Where so many are, nobody reads who comes and goes, and telling all of them of each would be most of what
  // is sent.
  if (presence_.count(room) > limits::kPeopleListedMax) return;
  // Who comes is there before what they say, and who goes after it.
  round.transients.push_back({.room = std::string(room),
                              .frames = room::render_presence(change, room, person),
                              .is_first = change == room::PresenceChange::kJoined});
}

void Writer::take(AttendanceAsked& asked, Round& /*round*/) {
  shards_[asked.shard]->push_answer(
      [done = std::move(asked.done),
       attendance = presence_.attendance(asked.room, limits::kPeopleListedMax)]() mutable {
        done(std::move(attendance));
      });
}

void Writer::take(Signal& signal, Round& round) {
  if (auto* typing = std::get_if<TypingSignal>(&signal)) {
    if (!typing_.allow(typing->room + '\0' + typing->user.id, clock_.steady())) return;
    round.signals.push_back(room::typing_signal(std::move(typing->room), typing->user));
  } else if (const auto* renamed = std::get_if<RenamedSignal>(&signal)) {
    auto rooms = presence_.rename(renamed->user.id, renamed->user.name);
    // They may be on other nodes, too.
    if (shared_presence_ != nullptr) rooms = shared_presence_->rename(renamed->user);
    for (auto& room : rooms) {
      round.signals.push_back(room::renamed_signal(std::move(room), renamed->user, renamed->previous));
    }
  } else if (auto* to_room = std::get_if<RoomSignal>(&signal)) {
    round.signals.push_back({.room = std::move(to_room->room),
                             .user = {},
                             .event = std::move(to_room->event),
                             .json = std::move(to_room->json)});
  } else {
    auto& to_user = std::get<UserSignal>(signal);
    round.signals.push_back({.room = {},
                             .user = std::move(to_user.user),
                             .event = std::move(to_user.event),
                             .json = std::move(to_user.json)});
  }
}

// --- Committing --------------------------------------------------------------------------------

void Writer::commit(Round& round) {
  if (round.publications.empty()) return;
  const SteadyTime began_at = clock_.steady();
  round.outcomes = journal_.publish(round.publications, clock_.utc_milliseconds());
  committed_at_ = clock_.steady();
  measures_.commit_times.observe(committed_at_ - began_at);
  measures_.commit_sizes.observe(round.publications.size());
  const auto failures = std::ranges::count_if(round.outcomes, is_failure);
  if (failures == 0) return note_storing("");
  measures_.failed_commits.add();
  const auto& error = std::ranges::find_if(round.outcomes, is_failure)->error();
  note_storing(error.detail);
  log_repeating("publish", info(error.code).log_level,
                "the journal refused " + std::to_string(failures) + " messages: " + error.detail);
}

// Once it cannot store, handle_time() asks whether it can again: perhaps nobody publishes any more, because
// this node is said not to be ready.
void Writer::note_storing(const std::string& trouble) {
  if (trouble.empty() && !cannot_store_) return;
  if (cannot_store_ && trouble.empty()) log(LogLevel::kInfo, "messages can be stored again");
  cannot_store_ = !trouble.empty();
  next_check_ = clock_.steady() + kCheckInterval;
  if (readiness_ != nullptr) readiness_->set(Readiness::Part::kStoring, trouble);
}

void Writer::deliver(Round& round) {
  for (const auto& news : round.leaves) shared_presence_->tell(news);
  // Where the log is shared, the tail delivers.
  if (!delivery_) return;
  for (auto& signal : round.signals) round.transients.push_back(transient_of(std::move(signal)));
  std::vector<room::SharedEvent> events;
  events.reserve(round.outcomes.size());
  for (const auto& outcome : round.outcomes) {
    if (!outcome || outcome->is_repeat) continue;
    events.push_back(std::make_shared<const room::RenderedEvent>(room::render(outcome->event)));
  }
  delivery_->deliver({.head = {},
                      .events = std::move(events),
                      .transients = std::move(round.transients),
                      .notices = {},
                      .committed_at = committed_at_});
}

void Writer::acknowledge(Round& round) {
  std::vector<PublishAcks> acks(shards_.size());
  for (std::size_t i = 0; i < round.askers.size(); ++i) {
    const auto& [shard, ticket] = round.askers[i];
    acks[shard].push_back({.ticket = ticket, .outcome = std::move(round.outcomes[i])});
  }
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!acks[shard].empty()) shards_[shard]->push_answer(std::move(acks[shard]));
  }
}

// Where the log is shared, the tails of all nodes deliver them, this node's too.
void Writer::pass_on_signals(Round& round) {
  if (shared_presence_ != nullptr && !round.signals.empty()) shared_presence_->signal(round.signals);
}

// --- Time --------------------------------------------------------------------------------------

void Writer::handle_time() {
  const SteadyTime now = clock_.steady();
  if (delivery_) delivery_->nudge_shards_that_missed_some();
  Round round;
  while (!deferred_leaves_.empty() && deferred_leaves_.front().due <= now) {
    const DeferredLeave due = std::move(deferred_leaves_.front());
    deferred_leaves_.pop_front();
    leave(due.room, due.person, round);
  }
  deliver(round);
  if (cannot_store_ && now >= next_check_) {
    const auto checked = journal_.check();
    note_storing(checked ? "" : checked.error().detail);
  }
  if (shared_presence_ != nullptr && now >= next_renewal_) {
    next_renewal_ = shared_presence_->renew() ? now : now + limits::kPresenceRenewal;
  }
  if (now < next_trim_) return;
  const auto has_more = trim();
  if (!has_more) {
    measures_.failed_trims.add();
    log(LogLevel::kError, "cannot trim the journal: " + has_more.error().detail);
  }
  // With more to trim, publishes have their turn in between.
  next_trim_ = has_more && *has_more ? now : now + kTrimInterval;
}

Result<bool> Writer::trim() {
  if (!retention_clock_) retention_clock_.emplace(journal_.head().milliseconds, age_max_, clock_);
  const bool was_in_doubt = retention_clock_->is_in_doubt();
  const std::uint64_t now = retention_clock_->now_milliseconds(clock_);
  if (retention_clock_->is_in_doubt() && !was_in_doubt && age_max_.count() > 0) {
    log(LogLevel::kWarning,
        "the clock has leapt ahead; messages that are too old by it are deleted when it has stayed there for "
        "a day");
  }
  return journal_.trim_by_age(now);
}

SteadyTime Writer::next_deadline() const {
  const SteadyTime now = clock_.steady();
  SteadyTime deadline = std::min(next_trim_, now + kBeatInterval);
  if (!deferred_leaves_.empty()) deadline = std::min(deadline, deferred_leaves_.front().due);
  if (delivery_ && delivery_->missed_some()) deadline = std::min(deadline, now + Delivery::kNudgeInterval);
  if (cannot_store_) deadline = std::min(deadline, next_check_);
  if (shared_presence_ != nullptr) deadline = std::min(deadline, next_renewal_);
  return deadline;
}

}  // namespace tinychat::hub
