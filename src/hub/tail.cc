#include "hub/tail.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "base/log.h"
#include "wire/sse.h"

namespace tinychat::hub {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 100ms;  // so long at most it takes to see that it is to stop
constexpr auto kPauseInTrouble = 20ms;

wire::Frame status_frame(std::string_view data) {
  return wire::Frame::of(wire::event_payload("status", std::nullopt, data));
}

// What one batch is made of.
class Pile {
 public:
  Pile(Delivery& delivery, SteadyTime read_at) : delivery_(delivery), read_at_(read_at) {}

  void add(EventId id, const room::Event& event) {
    if (has_leave_) flush();
    growth_.events.push_back(std::make_shared<const room::RenderedEvent>(room::render(event)));
    growth_.head = id;
  }
  // In a batch, who comes is told before its events and who goes after them; so it ends after who goes.
  void add(EventId id, const journal::PresenceNews& news) {
    const bool joins = news.change == room::PresenceChange::kJoined;
    if (has_leave_ && joins) flush();
    has_leave_ |= !joins;
    growth_.transients.push_back({.room = news.room,
                                  .frames = room::render_presence(news.change, news.room, news.person),
                                  .is_first = joins});
    growth_.head = id;
  }
  void add(EventId id, const journal::LogReset& /*reset*/) {
    flush();
    growth_.notices.push_back(
        {.kind = Notice::Kind::kReset,
         .is_trouble = false,
         .frame = wire::Frame::of(wire::event_payload("reset", id, R"({"reason":"log-lost"})"))});
    growth_.head = id;
    flush();
  }
  void add(EventId id, const journal::LogPlace& /*place*/) { growth_.head = id; }
  void flush() {
    has_leave_ = false;
    growth_.committed_at = read_at_;
    delivery_.deliver(std::exchange(growth_, {}));
  }
  Delivery::Growth& growth() { return growth_; }

 private:
  Delivery& delivery_;
  const SteadyTime read_at_;
  Delivery::Growth growth_;
  bool has_leave_ = false;
};

}  // namespace

Tail::Tail(journal::LogTail& log, const Clock& clock, std::vector<ShardInbox*> shards,
           CommittedHead& committed_head, EventId head, Readiness& readiness)
    : log_(log), clock_(clock), readiness_(readiness), delivery_(std::move(shards), committed_head, head) {}

void Tail::run() {
  while (!is_stopping_.load(std::memory_order_relaxed)) {
    step(delivery_.missed_some() ? Delivery::kNudgeInterval : kPatience);
    if (is_in_trouble_) std::this_thread::sleep_for(kPauseInTrouble);
  }
}

void Tail::step(std::chrono::milliseconds patience) {
  delivery_.nudge_shards_that_missed_some();
  auto news = log_.next(delivery_.head(), patience);
  measures_.is_up.set(news ? 1 : 0);
  if (!news) {
    measures_.failures.add();
    return tell_trouble(news.error());
  }
  measures_.looks.add();
  measures_.entries.add(news->entries.size());
  measures_.outside.add(news->outside.size());
  if (is_in_trouble_) tell_recovery();
  take(std::move(*news));
  if (const std::size_t malformed = log_.take_malformed(); malformed > 0) {
    measures_.malformed.add(malformed);
    log_repeating("malformed-outside", LogLevel::kInfo,
                  std::to_string(malformed) + " things published from outside were no messages");
  }
}

void Tail::take(journal::LogNews&& news) {
  if (news.has_gap) {
    measures_.gaps.add();
    log(LogLevel::kWarning,
        "this node was away for longer than the log reaches back: its streams read on "
        "room by room");
    delivery_.skip_to(news.begins_after);
  }
  Pile pile(delivery_, clock_.steady());
  // What was told before something was published is here before it or with it.
  for (auto& signal : news.signals) {
    pile.growth().transients.push_back(transient_of(std::move(signal)));
    pile.growth().transients.back().is_first = true;
  }
  for (const auto& entry : news.entries) {
    std::visit([&](const auto& what) { pile.add(entry.id, what); }, entry.what);
  }
  for (const auto& message : news.outside) {
    pile.growth().transients.push_back(
        {.room = message.room,
         .frames = room::render_live(message.room, message.sender, message.text, clock_.utc_milliseconds()),
         .is_first = false});
  }
  pile.flush();
}

void Tail::tell_trouble(const Error& error) {
  readiness_.set(Readiness::Part::kReading, error.detail);
  if (std::exchange(is_in_trouble_, true)) return;
  log(LogLevel::kError, "the shared log cannot be read: " + error.detail);
  Delivery::Growth growth;
  growth.notices.push_back(
      {.kind = Notice::Kind::kStatus,
       .is_trouble = true,
       .frame = status_frame(R"({"status":"interrupted","reason":"storage-unavailable"})")});
  delivery_.deliver(std::move(growth));
}

void Tail::tell_recovery() {
  readiness_.set(Readiness::Part::kReading, "");
  is_in_trouble_ = false;
  log(LogLevel::kInfo, "the shared log can be read again");
  Delivery::Growth growth;
  growth.notices.push_back(
      {.kind = Notice::Kind::kStatus, .is_trouble = false, .frame = status_frame(R"({"status":"ok"})")});
  delivery_.deliver(std::move(growth));
}

}  // namespace tinychat::hub
