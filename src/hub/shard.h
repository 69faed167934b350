// One reactor thread with its connections, rooms and streams. Shards share nothing mutable: what they
// have to say to the writer and the journal's readers goes through mailboxes, and so do the answers.
//
// Thread: run() makes the calling thread the shard's; the other public functions say which they want.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "hub/journal_readers.h"
#include "hub/messages.h"
#include "hub/people_desk.h"
#include "hub/shard_port.h"
#include "hub/socket_transport.h"
#include "hub/stream_set.h"
#include "net/close_reason.h"
#include "net/http_server.h"
#include "net/reactor.h"

namespace tinychat::hub {

class Shard final : public ShardPort, private StreamSetOwner {
 public:
  using MakeHandler = std::function<std::unique_ptr<net::Handler>(ShardPort&)>;

  struct Context {
    std::size_t index = 0;
    WriterInbox* writer = nullptr;
    const Clock* clock = nullptr;
    const CommittedHead* committed_head = nullptr;
    StreamCount* stream_count = nullptr;
    net::Resources* resources = nullptr;
    EventId head;  // of the journal, before the writer starts
    StreamSettings streams;
    // Whether several nodes share the journal, and only there it is known who is where.
    bool is_shared = false;
  };

  // Everything in `context` must outlive the shard.
  Shard(const Context& context, UniqueFd listener, const MakeHandler& make_handler);
  ~Shard() override;

  // Before run(). Both must outlive it.
  void use(JournalReaders& readers, PeopleDesk& people) {
    readers_ = &readers;
    people_ = &people;
  }
  // Any thread.
  [[nodiscard]] ShardInbox& inbox() { return inbox_; }

  // Turns the loop until stop().
  void run();

  // Any thread. Accepts no more, says good-bye to the streams, and answers the requests under way;
  // is_drained() once that is done.
  void begin_stopping();
  [[nodiscard]] bool is_drained() const { return is_drained_.load(std::memory_order_acquire); }
  // Any thread. Ends run().
  void stop();

  // ShardPort
  void publish(PublishRequest&& request, PublishDone&& done) override;
  bool ask_journal(JournalQuestion&& question) override;
  bool ask_people(PeopleQuestion&& question) override;
  void tell(Signal&& signal) override;
  bool ask_attendance(std::string room, AttendanceDone&& done) override;
  bool has_room_for_stream() const override { return streams_.has_room(newcomers_.size()); }
  void attach(net::StreamSocket&& socket, StreamRequest&& request) override;
  void turn_away(net::StreamSocket&& socket) override { streams_.turn_away(std::move(socket)); }

 private:
  void tell_presence(PresenceCommand&& command) override;

  void end_turn(std::span<const net::Reactor::ReadyStream> ready);
  void hand_over_commands();
  void drain_inbox();
  void take(PublishAcks&& acks);
  void let_newcomers_in();

  const Context context_;
  JournalReaders* readers_ = nullptr;
  PeopleDesk* people_ = nullptr;
  net::CloseCounters counters_;
  net::Reactor reactor_;
  SocketTransport transport_;
  ShardInbox inbox_;
  std::vector<WriterCommand> commands_;  // of this turn, for the writer
  std::vector<ShardMessage> messages_;   // of this turn
  std::vector<SharedBatch> batches_;     // of this turn
  struct Newcomer {
    net::StreamSocket socket;
    StreamRequest request;
  };
  std::vector<Newcomer> newcomers_;  // of this turn
  StreamSet streams_;
  std::unordered_map<std::uint64_t, PublishDone> publishes_;  // under way, by ticket
  std::uint64_t next_ticket_ = 1;
  std::unique_ptr<net::Handler> handler_;
  net::HttpServer server_;
  bool is_stopping_ = false;
  // Written by the shard (release), read by whoever waits for it (acquire).
  std::atomic<bool> is_drained_{false};
};

}  // namespace tinychat::hub
