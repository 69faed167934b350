#include "load/publishers.h"

#include <utility>

namespace tinychat::bench {

Publishers::Publishers(Loop& loop, const Target& target, Ledger& ledger, const Plan& plan)
    : loop_(loop),
      target_(target),
      ledger_(ledger),
      plan_(plan),
      clients_(loop, target, plan.publishers),
      watcher_(loop.add(*this)),
      sequence_(plan.publishers) {
  clients_.set_callbacks([this](std::uint32_t publisher) { idle_.push_back(publisher); },
                         [](std::uint32_t, std::string_view) {});
}

void Publishers::start() {
  is_started_ = true;
  next_due_ = now();
}

// Those who were acknowledged in this turn send together, as they would from machines of their own.
void Publishers::on_turn() {
  while (is_started_ && !idle_.empty() && sent_ < messages_max_ &&
         ledger_.undelivered() < plan_.undelivered_max) {
    Nanoseconds due = now();
    if (plan_.interval > 0) {
      if (due < next_due_) return;
      due = std::exchange(next_due_, next_due_ + plan_.interval);
    }
    const std::uint32_t publisher = idle_.back();
    idle_.pop_back();
    publish_one(publisher, due);
  }
}

void Publishers::publish_one(std::uint32_t publisher, Nanoseconds due) {
  const auto room = static_cast<std::uint32_t>(sent_++ % plan_.rooms);
  ledger_.published(room);
  const MessageKey key{.room = room, .publisher = publisher, .sequence = ++sequence_[publisher], .sent = due};
  clients_.send(publisher, target_.publish(room, message_text(key, plan_.text_bytes)));
}

void Publishers::publish(std::uint64_t messages) {
  messages_max_ = sent_ + messages;
  start();
  loop_.run_until([this] { return sent_ == messages_max_; }, [this] { return describe_missing(); });
  stop();
  messages_max_ = UINT64_MAX;
  drain();
}

void Publishers::drain() {
  loop_.run_until([this] { return clients_.waiting() == 0 && ledger_.undelivered() == 0; },
                  [this] { return describe_missing(); });
}

std::string Publishers::describe_missing() const {
  return "lost: " + std::to_string(clients_.waiting()) + " acknowledgements, and " +
         std::to_string(ledger_.undelivered()) + " messages have not come to all";
}

}  // namespace tinychat::bench
