#include "hub/shard.h"

#include <utility>

#include "base/assert.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/tally.h"

namespace tinychat::hub {
namespace {

Error too_many_waiting() {
  return {Code::kOverloaded, "Too many messages are waiting to be stored; send it again in a second."};
}

std::size_t bytes_of(const PublishRequest& request) {
  return sizeof request + request.room.size() + request.sender.size() + request.text.size() +
         request.idempotency_key.size();
}

}  // namespace

Shard::Shard(const Context& context, UniqueFd listener, const MakeHandler& make_handler)
    : context_(context),
      transport_(reactor_, sender_),
      inbox_(limits::kShardQueueMax, [this] { reactor_.wake(); }),
      streams_(context.streams, transport_, *this, *context.clock, counters_, *context.committed_head,
               *context.stream_count, context.head),
      rights_(
          streams_, [this](PeopleQuestion&& question) { return ask_people(std::move(question)); },
          context.rights),
      handler_(make_handler(*this)),
      server_(reactor_, std::move(listener), *handler_, *context.clock, counters_, *context.resources) {}

// Whoever still has an answer to give lets go of its connection while the server is there.
Shard::~Shard() {
  publishes_.clear();
  inbox_.close();
  inbox_.drain(messages_);
  messages_.clear();
}

void Shard::run() {
  sender_.open();
  server_.start();
  reactor_.run({.end_of_turn = [this](auto ready) { end_turn(ready); },
                .every_second =
                    [this] {
                      pulse_.beat(context_.clock->steady());
                      server_.check_deadlines();
                      streams_.on_second();
                      rights_.on_second();
                      log_what_was_held_back();
                    }});
}

// --- The turn ----------------------------------------------------------------------------------

// Sockets have been served. Their publishes go to the writer together, and what has come back from it leaves
// together, one write a stream; then those that are behind have their share.
void Shard::end_turn(std::span<const net::Reactor::ReadyStream> ready) {
  for (const auto& one : ready) streams_.on_ready(one);
  hand_over_commands();
  drain_inbox();
  streams_.apply(batches_);
  streams_.fan_out();
  let_newcomers_in();
  // After them: they may have been let in before it was known.
  rights_.act();
  const bool can_read_on = streams_.catch_up();
  hand_over_commands();
  if (can_read_on || !commands_.empty()) reactor_.turn_again();
  if (is_stopping_ && when_stopped_ && server_.open_connections() == 0) std::exchange(when_stopped_, {})();
}

// One wake-up for all of a turn: the writer commits them in one piece.
void Shard::hand_over_commands() {
  context_.writer->try_push_all(commands_);
  if (commands_.empty()) return;
  for (auto& command : std::exchange(commands_, {})) {
    if (const auto* publish = std::get_if<PublishCommand>(&command)) {
      auto refused = publishes_.extract(publish->ticket);
      limit_hit(Limit::kWriterQueue);
      publish_measures_.refuse(Code::kOverloaded);
      refused.mapped().done(std::unexpected(too_many_waiting()));
    } else if (!std::holds_alternative<Signal>(command)) {
      // A join or leave cannot be refused; how many are on their way is bounded by how fast streams come and
      // go.
      context_.writer->push_answer(std::move(command));
    }
  }
}

void Shard::drain_inbox() {
  batches_.clear();
  inbox_.drain(messages_);
  server_.hold_answers();
  for (auto& message : messages_) {
    if (auto* batch = std::get_if<SharedBatch>(&message)) {
      batches_.push_back(std::move(*batch));
    } else if (auto* acks = std::get_if<PublishAcks>(&message)) {
      take(std::move(*acks));
    } else {
      std::get<Completion>(message)();
    }
  }
  messages_.clear();
  server_.send_answers(sender_);
}

void Shard::take(PublishAcks&& acks) {
  const SteadyTime now = context_.clock->steady();
  for (auto& ack : acks) {
    auto publish = publishes_.extract(ack.ticket);
    TINYCHAT_ASSERT(!publish.empty());
    publish_measures_.times.observe(now - publish.mapped().asked_at);
    if (!ack.outcome) {
      publish_measures_.refuse(ack.outcome.error().code);
    } else if (ack.outcome->is_repeat) {
      publish_measures_.repeated.add();
    } else {
      publish_measures_.stored.add();
    }
    publish.mapped().done(std::move(ack.outcome));
  }
}

// --- What handlers ask -------------------------------------------------------------------------

void Shard::publish(PublishRequest&& request, PublishDone&& done) {
  if (is_stopping_) {
    publish_measures_.refuse(Code::kStopping);
    done(fail(Code::kStopping, "The server is going down; send it again in a few seconds."));
    return;
  }
  ByteBudget::Share held(context_.resources->queue);
  if (!held.resize(bytes_of(request))) {
    publish_measures_.refuse(Code::kOverloaded);
    return done(std::unexpected(too_many_waiting()));
  }
  const std::uint64_t ticket = next_ticket_++;
  commands_.emplace_back(PublishCommand{
      .shard = context_.index, .ticket = ticket, .request = std::move(request), .held = std::move(held)});
  publishes_.emplace(ticket, Publish{.done = std::move(done), .asked_at = context_.clock->steady()});
}

bool Shard::ask_journal(JournalQuestion&& question) {
  return readers_->ask(context_.index, std::move(question), inbox_);
}

bool Shard::ask_people(PeopleQuestion&& question) { return people_->ask(std::move(question), inbox_); }

void Shard::tell(Signal&& signal) { commands_.emplace_back(std::move(signal)); }

bool Shard::ask_attendance(std::string room, AttendanceDone&& done) {
  if (!context_.is_shared) {
    return context_.writer->try_push(
        AttendanceAsked{.shard = context_.index, .room = std::move(room), .done = std::move(done)});
  }
  return ask_journal([room = std::move(room), done = std::move(done)](
                         journal::JournalReader& reader) mutable -> std::move_only_function<void()> {
    return [done = std::move(done), attendance = reader.attendance(room)]() mutable {
      done(std::move(attendance));
    };
  });
}

bool Shard::erase(std::string author, EraseDone&& done) {
  return context_.writer->try_push(
      EraseAsked{.shard = context_.index, .author = std::move(author), .done = std::move(done)});
}

void Shard::attach(net::StreamSocket&& socket, StreamRequest&& request) {
  newcomers_.push_back({std::move(socket), std::move(request)});
}

// After the inbox was drained: "from now on" then leaves out all that was acknowledged before they came, for
// the writer hands a batch to every shard before it acknowledges.
void Shard::let_newcomers_in() {
  for (auto& [socket, request] : newcomers_) {
    if (is_leaving_) {
      streams_.turn_away(std::move(socket));
    } else {
      streams_.attach(std::move(socket), std::move(request));
    }
  }
  newcomers_.clear();
}

void Shard::tell_presence(PresenceCommand&& command) { commands_.emplace_back(std::move(command)); }

// --- Leaving -----------------------------------------------------------------------------------

void Shard::begin_leaving(std::chrono::milliseconds absence) {
  reactor_.post([this, absence] {
    is_leaving_ = true;
    server_.begin_leaving();
    streams_.send_away(0, absence);
  });
}

void Shard::send_away(double share, std::chrono::milliseconds absence) {
  reactor_.post([this, share, absence] { streams_.send_away(share, absence); });
}

void Shard::stop_accepting() {
  reactor_.post([this] { server_.stop_accepting(); });
}

void Shard::begin_stopping(std::function<void()> done) {
  reactor_.post([this, done = std::move(done)]() mutable {
    is_stopping_ = true;
    when_stopped_ = std::move(done);
    streams_.send_away(1, std::chrono::milliseconds(0));
    server_.stop_accepting();
    server_.close_idle();
  });
}

void Shard::stop() { reactor_.stop(); }

}  // namespace tinychat::hub
