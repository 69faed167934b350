// Random publishes, joins, drops, slow readers and resumes, against a model of a room: a list.
//
// The writer, the journal, two shards' stream sets and their mailboxes are real; sockets and time are the
// test's. Mailboxes are so small that shards miss batches, room logs so small that readers fall out of
// them. Whatever happens, each subscriber sees every event of its rooms once, in order, or a reset.

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <random>
#include <set>

#include "hub/fake_subscribers.h"
#include "hub/stream_set.h"
#include "hub/writer.h"
#include "journal/memory_journal.h"

namespace tinychat::hub::stream_model_test {

using namespace std::chrono_literals;

std::uint32_t seed_of_this_run() {
  const char* given = std::getenv("TINYCHAT_SEED");
  return given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                          : std::random_device{}();
}

struct Shape {
  const char* name;
  std::uint64_t retain_messages;
  std::size_t recent_bytes;
  std::size_t inbox_capacity;
};

// One shard without its thread: the test turns its loop.
class ModelShard final : public StreamSetOwner {
 public:
  ModelShard(const Shape& shape, journal::Journal& journal, const Clock& clock, const CommittedHead& head,
             StreamCount& count, std::minstd_rand& random)
      : inbox(shape.inbox_capacity),
        streams(
            {.heartbeat = 15s, .lifetime = 600s, .streams_max = 1000, .recent_bytes_max = shape.recent_bytes},
            transport, *this, clock, counters, head, count, journal.head()),
        random_(random),
        reader_(std::move(*journal.open_reader())) {}

  bool ask_journal(ShardPort::JournalQuestion&& question) override {
    if (random_() % 8 == 0) return false;
    questions.push_back(std::move(question));
    return true;
  }
  void tell_presence(PresenceCommand&&) override {}

  void turn() {
    std::vector<ShardMessage> messages;
    inbox.drain(messages);
    std::vector<SharedBatch> batches;
    for (auto& message : messages) {
      if (auto* batch = std::get_if<SharedBatch>(&message)) batches.push_back(*batch);
      if (auto* completion = std::get_if<Completion>(&message)) (*completion)();
    }
    streams.apply(batches);
    streams.fan_out();
    (void)streams.catch_up();
  }

  void answer_a_question() {
    if (questions.empty()) return;
    inbox.push_answer(questions.front()(*reader_));
    questions.pop_front();
  }

  ShardInbox inbox;
  FakeTransport transport;
  net::CloseCounters counters;
  StreamSet streams;
  std::deque<ShardPort::JournalQuestion> questions;

 private:
  std::minstd_rand& random_;
  std::unique_ptr<journal::JournalReader> reader_;
};

struct Subscriber {
  std::vector<std::string> rooms;
  std::optional<EventId> cursor;  // the last id it has seen
  ModelShard* shard = nullptr;    // while connected
  int fd = -1;
  FakeReader reader{true};
  std::size_t taken = 0;  // of reader.seen()
  std::optional<EventId> start;
  std::vector<EventId> ids;                        // of the messages it has seen
  std::vector<std::pair<std::size_t, bool>> gaps;  // place in `ids` of each reset
};

class StreamModel : public testing::TestWithParam<Shape> {
 protected:
  StreamModel()
      : seed(seed_of_this_run()),
        random(seed),
        journal(journal::make_memory_journal({clock.utc_milliseconds() - 1, 0},
                                             {.messages_max = GetParam().retain_messages})),
        committed(journal->head()),
        shard_a(GetParam(), *journal, clock, committed, count, random),
        shard_b(GetParam(), *journal, clock, committed, count, random),
        writer_inbox(1000),
        log_reader(std::move(*journal->open_reader())),
        writer(*journal, clock, writer_inbox, {&shard_a.inbox, &shard_b.inbox}, committed) {}

  std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); }

  void publish() {
    std::vector<WriterCommand> commands;
    for (std::uint32_t i = draw(6) + 1; i > 0; --i) {
      const std::string room = "room" + std::to_string(draw(5));
      commands.emplace_back(PublishCommand{
          .shard = 0,
          .ticket = 0,
          .request = {
              .room = room, .sender = "s", .text = std::string(draw(300) + 1, 'x'), .idempotency_key = ""}});
    }
    writer.handle(commands);
    learn_what_was_committed();
  }

  // The model: the log is a list.
  void learn_what_was_committed() {
    std::vector<std::string> rooms;
    for (int i = 0; i < 5; ++i) rooms.push_back("room" + std::to_string(i));
    const auto page = log_reader->read_after(rooms, log.empty() ? EventId{} : log.back().first,
                                             journal->head(), 100, 1 << 20);
    for (const auto& event : page->events) log.emplace_back(event.id, event.room);
  }

  void connect(Subscriber& subscriber) {
    ModelShard& shard = draw(2) == 0 ? shard_a : shard_b;
    const bool is_chunked = draw(2) == 0;
    subscriber.shard = &shard;
    subscriber.fd = shard.transport.open(200 + draw(3000));
    subscriber.reader = FakeReader(is_chunked);
    subscriber.taken = 0;
    shard.streams.attach({.fd = UniqueFd(subscriber.fd), .head = "", .is_chunked = is_chunked},
                         {.dialect = draw(2) == 0 ? room::Dialect::kV1 : room::Dialect::kLegacy,
                          .rooms = subscriber.rooms,
                          .cursor = subscriber.cursor,
                          .cursor_is_nonsense = false,
                          .name = ""});
  }

  void read(Subscriber& subscriber, std::size_t bytes_max) {
    auto& socket = subscriber.shard->transport.socket(subscriber.fd);
    const std::size_t bytes = std::min(bytes_max, socket.in_flight.size());
    subscriber.reader.feed(std::string_view(socket.in_flight).substr(0, bytes));
    socket.in_flight.erase(0, bytes);
    for (const auto& seen = subscriber.reader.seen(); subscriber.taken < seen.size(); ++subscriber.taken) {
      take(subscriber, seen[subscriber.taken]);
    }
    if (!socket.is_open) {
      subscriber.shard = nullptr;
      return;
    }
    if (socket.was_full && socket.in_flight.size() < socket.capacity / 2) {
      socket.was_full = false;
      subscriber.shard->streams.on_ready({.token = socket.token, .can_write = true});
    }
  }

  static void take(Subscriber& subscriber, const FakeReader::Seen& seen) {
    if (seen.id) subscriber.cursor = seen.id;
    if (seen.name == "hello") {
      if (!subscriber.start) subscriber.start = seen.id;
    } else if (seen.name == "reset") {
      subscriber.gaps.emplace_back(subscriber.ids.size(), true);
    } else {
      ASSERT_TRUE(seen.id) << "a message without an id: " << seen.data;
      subscriber.ids.push_back(*seen.id);
    }
  }

  // What was on its way is lost.
  static void drop(Subscriber& subscriber) {
    const auto token = subscriber.shard->transport.socket(subscriber.fd).token;
    subscriber.shard->streams.on_ready({.token = token, .is_hung_up = true});
    subscriber.shard = nullptr;
  }

  void settle(std::vector<Subscriber>& subscribers) {
    for (int i = 0; i < 5'000; ++i) {
      writer.handle_time();
      for (ModelShard* shard : {&shard_a, &shard_b}) {
        if (i % 50 == 0) shard->streams.on_second();
        shard->answer_a_question();
        shard->turn();
      }
      for (auto& subscriber : subscribers) {
        if (subscriber.shard == nullptr) connect(subscriber);
        // Nobody is slow any more.
        subscriber.shard->transport.socket(subscriber.fd).capacity = 1 << 20;
        read(subscriber, 1 << 20);
      }
      if (i > 200 && i % 50 == 0 && is_settled(subscribers)) return;
    }
  }

  [[nodiscard]] bool is_settled(const std::vector<Subscriber>& subscribers) const {
    return std::ranges::all_of(subscribers, [&](const Subscriber& one) {
      const auto wanted = expected(one);
      return wanted.empty() || (!one.ids.empty() && one.ids.back() == wanted.back());
    });
  }

  [[nodiscard]] std::vector<EventId> expected(const Subscriber& subscriber) const {
    const std::set<std::string> rooms(subscriber.rooms.begin(), subscriber.rooms.end());
    std::vector<EventId> ids;
    for (const auto& [id, room] : log) {
      if (subscriber.start && id > *subscriber.start && rooms.contains(room)) ids.push_back(id);
    }
    return ids;
  }

  // Everything expected is there, in order; what is not must lie where a reset said so.
  void check(const Subscriber& subscriber) const {
    const auto wanted = expected(subscriber);
    std::size_t next = 0;
    std::size_t gap = 0;
    for (std::size_t i = 0; i < subscriber.ids.size(); ++i) {
      bool may_skip = false;
      while (gap < subscriber.gaps.size() && subscriber.gaps[gap].first <= i) {
        may_skip = true;
        ++gap;
      }
      // A trim may go on while the page after the reset is read, room by room.
      may_skip = may_skip || (GetParam().retain_messages > 0 && gap > 0);
      while (may_skip && next < wanted.size() && wanted[next] < subscriber.ids[i]) ++next;
      ASSERT_LT(next, wanted.size()) << "an event that nobody sent, or twice: "
                                     << to_string(subscriber.ids[i]);
      ASSERT_EQ(to_string(wanted[next]), to_string(subscriber.ids[i])) << "at place " << i;
      ++next;
    }
    ASSERT_EQ(next, wanted.size()) << "events are missing at the end";
    if (GetParam().retain_messages == 0) {
      ASSERT_TRUE(subscriber.gaps.empty()) << "a reset without a gap";
    }
  }

  const std::uint32_t seed;
  std::minstd_rand random;
  ManualClock clock;
  std::unique_ptr<journal::EmbeddedJournal> journal;
  CommittedHead committed;
  StreamCount count;
  ModelShard shard_a;
  ModelShard shard_b;
  WriterInbox writer_inbox;
  std::unique_ptr<journal::JournalReader> log_reader;
  Writer writer;
  std::vector<std::pair<EventId, std::string>> log;
};

TEST_P(StreamModel, EverySubscriberSeesEveryEventOnceInOrderOrAReset) {
  SCOPED_TRACE("TINYCHAT_SEED=" + std::to_string(seed));
  std::printf("seed %u\n", seed);
  std::vector<Subscriber> subscribers(12);
  for (auto& subscriber : subscribers) {
    for (int i = 0; i < 5; ++i) {
      if (draw(3) == 0) subscriber.rooms.push_back("room" + std::to_string(i));
    }
    if (subscriber.rooms.empty()) subscriber.rooms.emplace_back("room0");
    connect(subscriber);
  }
  for (int step = 0; step < 6000; ++step) {
    Subscriber& subscriber = subscribers[draw(static_cast<std::uint32_t>(subscribers.size()))];
    switch (draw(12)) {
      case 0:
      case 1: publish(); break;
      case 2:
        if (subscriber.shard != nullptr && draw(4) == 0) drop(subscriber);
        break;
      case 3:
        if (subscriber.shard == nullptr) connect(subscriber);
        break;
      case 4:
        clock.advance(std::chrono::milliseconds(draw(200)));
        writer.handle_time();
        break;
      case 5: (draw(2) == 0 ? shard_a : shard_b).streams.on_second(); break;
      case 6: (draw(2) == 0 ? shard_a : shard_b).answer_a_question(); break;
      case 7:
      case 8: (draw(2) == 0 ? shard_a : shard_b).turn(); break;
      default:
        if (subscriber.shard != nullptr) read(subscriber, draw(2000));
        break;
    }
    if (HasFatalFailure()) return;
  }
  settle(subscribers);
  ASSERT_GT(log.size(), 500U);
  for (const auto& subscriber : subscribers) {
    check(subscriber);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, StreamModel,
                         testing::Values(Shape{"roomy", 0, 1 << 20, 1000}, Shape{"short_logs", 0, 4000, 1000},
                                         Shape{"full_mailboxes", 0, 1 << 16, 2},
                                         Shape{"trimmed", 20, 2000, 3}),
                         [](const auto& shape) { return shape.param.name; });

}  // namespace tinychat::hub::stream_model_test
