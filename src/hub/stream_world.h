// For tests of the stream set: one set with everything around it in the test's hands: sockets, time, the
// writer's batches, and when the journal answers.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "hub/fake_subscribers.h"
#include "hub/stream_set.h"
#include "journal/faulty_journal.h"
#include "journal/memory_journal.h"

namespace tinychat::hub {

inline constexpr std::size_t kAmple = std::size_t{1} << 24U;

class StreamWorld final : public StreamSetOwner {
 public:
  struct Setup {
    std::chrono::seconds heartbeat{15};
    std::chrono::seconds lifetime{0};
    std::size_t recent_bytes = kAmple;
    std::uint64_t retain_messages = 0;
    std::size_t held_bytes = kAmple;
  };

  StreamWorld() : StreamWorld(Setup{}) {}
  explicit StreamWorld(const Setup& setup)
      : journal(journal::make_memory_journal({1000, 0}, {.messages_max = setup.retain_messages})),
        reader(std::move(*journal.open_reader())),
        budget(setup.held_bytes),
        committed(journal.head()),
        streams({.heartbeat = setup.heartbeat,
                 .lifetime = setup.lifetime,
                 .streams_max = 1000,
                 .recent_bytes_max = setup.recent_bytes,
                 .budget = &budget},
                transport, *this, clock, counters, committed, count, journal.head()) {}

  // StreamSetOwner
  bool ask_journal(ShardPort::JournalQuestion&& question) override {
    ++asked;
    if (refuses_questions) {
      const auto dropped = std::move(question);
      return false;
    }
    questions.push_back(std::move(question));
    return true;
  }
  void tell_presence(PresenceCommand&& command) override { presence.push_back(std::move(command)); }

  // --- Subscribers ---
  int attach(StreamRequest request, bool is_chunked = true, std::size_t capacity = kAmple,
             std::string head = "") {
    const int fd = transport.open(capacity);
    streams.attach({.fd = UniqueFd(fd), .head = std::move(head), .is_chunked = is_chunked},
                   std::move(request));
    return fd;
  }
  // Attached, its opening read, and live.
  int attach_live(StreamRequest request, bool is_chunked = true) {
    const int fd = attach(std::move(request), is_chunked);
    settle();
    (void)read(fd);
    return fd;
  }
  [[nodiscard]] std::string read(int fd) { return std::exchange(transport.socket(fd).in_flight, {}); }
  [[nodiscard]] bool is_open(int fd) { return transport.socket(fd).is_open; }
  // The socket takes `bytes` more than it holds, and the kernel says so.
  void make_room(int fd, std::size_t bytes) {
    auto& socket = transport.socket(fd);
    socket.capacity = socket.in_flight.size() + bytes;
    streams.on_ready({.token = socket.token, .can_write = true});
  }
  void say(int fd, net::Reactor::ReadyStream ready) {
    ready.token = transport.socket(fd).token;
    streams.on_ready(ready);
  }

  // --- The log ---
  // One batch: in the journal and rendered, on its way to the shard.
  SharedBatch commit(const std::vector<std::pair<std::string, std::string>>& messages,
                     std::vector<Transient> transients = {}) {
    auto batch = std::make_shared<Batch>();
    batch->previous = journal.head();
    std::vector<room::Event> events;
    for (const auto& [room, text] : messages) {
      events.push_back({.id = {++milliseconds, 0},
                        .kind = room::EventKind::kMessage,
                        .room = room,
                        .sender = "s",
                        .text = text,
                        .idempotency_key = ""});
      batch->events.push_back(std::make_shared<const room::RenderedEvent>(room::render(events.back())));
      log.push_back(events.back());
    }
    if (!events.empty()) {
      EXPECT_TRUE(journal.append(events));
    }
    batch->head = journal.head();
    batch->transients = std::move(transients);
    committed.store(batch->head);
    return batch;
  }
  void deliver(const std::vector<SharedBatch>& batches) {
    streams.apply(batches);
    streams.fan_out();
  }
  void publish(const std::vector<std::pair<std::string, std::string>>& messages) {
    deliver({commit(messages)});
  }

  // The bytes of what was published to these rooms after `after`.
  [[nodiscard]] std::string frames(const std::vector<std::string>& rooms, room::Dialect dialect,
                                   room::Framing framing, EventId after = {}) const {
    std::string bytes;
    for (const auto& event : log) {
      if (event.id <= after || std::ranges::find(rooms, event.room) == rooms.end()) continue;
      bytes += room::bytes_of(room::render(event, dialect), framing);
    }
    return bytes;
  }

  // --- Turns ---
  void catch_up() {
    for (int i = 0; i < 1000; ++i) {
      if (!streams.catch_up()) return;
    }
    ADD_FAILURE() << "the streams never finish catching up";
  }
  void answer() {
    auto question = std::move(questions.front());
    questions.pop_front();
    question (*reader)();
  }
  void settle() {
    catch_up();
    for (int i = 0; i < 1000 && !questions.empty(); ++i) {
      answer();
      catch_up();
    }
    EXPECT_TRUE(questions.empty()) << "the streams never stop asking";
  }
  void pass(std::chrono::seconds time) {
    for (; time > std::chrono::seconds(0); time -= std::chrono::seconds(1)) {
      clock.advance(std::chrono::seconds(1));
      streams.on_second();
    }
  }

  ManualClock clock;
  journal::FaultyJournal journal;
  std::unique_ptr<journal::JournalReader> reader;
  ByteBudget budget;
  CommittedHead committed;
  StreamCount count;
  net::CloseCounters counters;
  FakeTransport transport;
  bool refuses_questions = false;
  int asked = 0;
  std::deque<ShardPort::JournalQuestion> questions;
  std::vector<PresenceCommand> presence;
  std::uint64_t milliseconds = 1000;
  std::vector<room::Event> log;
  StreamSet streams;
};

// One stream's request.
inline StreamRequest following(std::vector<std::string> rooms, std::optional<EventId> cursor = std::nullopt) {
  return {.dialect = room::Dialect::kV1,
          .rooms = std::move(rooms),
          .cursor = cursor,
          .cursor_is_nonsense = false,
          .name = ""};
}

inline std::string chunk(std::string_view payload) { return std::string(wire::Frame::of(payload).chunked()); }

// What an event stream in chunks says, by name; messages by their id.
inline std::vector<std::string> story(std::string_view bytes, bool is_chunked = true) {
  FakeReader reader(is_chunked);
  reader.feed(bytes);
  std::vector<std::string> names;
  for (const auto& seen : reader.seen()) {
    names.push_back(seen.name == "message" ? to_string(*seen.id) : seen.name);
  }
  return names;
}

}  // namespace tinychat::hub
