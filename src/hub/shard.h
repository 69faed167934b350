// One reactor thread with its connections, rooms and streams. Shards share nothing mutable: what they
// have to say to the writer and the journal's readers goes through mailboxes, and so do the answers.
//
// Thread: run() makes the calling thread the shard's; the other public functions say which they want.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/pulse.h"
#include "base/unique_fd.h"
#include "hub/journal_readers.h"
#include "hub/messages.h"
#include "hub/people_desk.h"
#include "hub/rights_watch.h"
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
    RightsWatch::Known rights = {};
  };

  // Everything in `context` must outlive the shard.
  Shard(const Context& context, UniqueFd listener, const MakeHandler& make_handler);
  ~Shard() override;

  // Before run(). Both must outlive it.
  void use(JournalReaders& readers, PeopleDesk& people) {
    readers_ = &readers;
    people_ = &people;
  }
  // What /metrics shows. Any thread.
  [[nodiscard]] const DurationHistogram& turn_times() const { return reactor_.turn_times(); }
  [[nodiscard]] const net::HttpMeasures& http() const { return server_.measured(); }
  [[nodiscard]] const net::CloseCounters& closes() const { return counters_; }
  [[nodiscard]] const StreamMeasures& streams() const { return streams_.measures(); }
  [[nodiscard]] const PublishMeasures& publishes() const { return publish_measures_; }

  // Any thread.
  [[nodiscard]] ShardInbox& inbox() { return inbox_; }

  // Turns the loop until stop().
  void run();
  // Any thread. It beats about once a second.
  [[nodiscard]] const Pulse& pulse() const { return pulse_; }

  // --- Leaving, in this order; any thread ---
  // Lets no stream in any more; each connection, also a new one, gets one more answer.
  // Whoever is sent away is told to come back after `absence` and some.
  void begin_leaving(std::chrono::milliseconds absence);
  // Says good-bye to such a share of the streams that were there (0 to 1).
  void send_away(double share, std::chrono::milliseconds absence);
  // At the latest begin_stopping() does so.
  void stop_accepting();
  // Accepts and stores no more, says good-bye to the rest, and answers the requests under way; `done` runs on
  // the shard's thread when that is over.
  void begin_stopping(std::function<void()> done);
  // Any thread. Ends run().
  void stop();

  // ShardPort
  void publish(PublishRequest&& request, PublishDone&& done) override;
  bool ask_journal(JournalQuestion&& question) override;
  bool ask_people(PeopleQuestion&& question) override;
  void tell(Signal&& signal) override;
  bool is_locked(std::string_view room) const override { return rights_.is_locked(room); }
  bool is_blocked(const wire::IpAddress& address) const override { return rights_.is_blocked(address); }
  bool ask_attendance(std::string room, AttendanceDone&& done) override;
  bool erase(std::string author, EraseDone&& done) override;
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
  Pulse pulse_;
  JournalReaders* readers_ = nullptr;
  PeopleDesk* people_ = nullptr;
  net::CloseCounters counters_;
  net::Reactor reactor_;
  net::BatchSender sender_;
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
  RightsWatch rights_;
  struct Publish {
    PublishDone done;
    SteadyTime asked_at;
  };
  std::unordered_map<std::uint64_t, Publish> publishes_;  // under way, by ticket
  PublishMeasures publish_measures_;
  std::uint64_t next_ticket_ = 1;
  std::unique_ptr<net::Handler> handler_;
  net::HttpServer server_;
  bool is_leaving_ = false;
  bool is_stopping_ = false;
  std::function<void()> when_stopped_;
};

}  // namespace tinychat::hub
