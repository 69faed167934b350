// The streams of one shard, and the one mechanism of the program: a stream is a cursor that is told
// what comes after it.
//
//            attach, no cursor                     everything was taken
//        ┌───────────────────────▶  live  ◀──────────────────────────────┐
//   socket                           │ a write was not taken whole       │
//        └──────────────────────▶  behind ──▶ from the room logs ────────┤
//            attach, cursor          ▲  └───▶ from the journal (reading) ┘
//                                    └── each time the socket takes more
//
// Live streams of one room are sent the same bytes: they are put together once a turn. A stream that is
// behind holds nothing but its cursor and the rest of one frame. All of it happens on one thread, and
// `head_` moves only in apply(): between catching up to it and going live there is no window.
//
// Thread: the shard's.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/byte_budget.h"
#include "base/clock.h"
#include "base/event_id.h"
#include "hub/measures.h"
#include "hub/messages.h"
#include "hub/room_table.h"
#include "hub/stream.h"
#include "hub/stream_request.h"
#include "hub/stream_transport.h"
#include "hub/writer.h"
#include "net/close_reason.h"
#include "net/http.h"
#include "net/reactor.h"
#include "room/burst.h"
#include "wire/host_set.h"

namespace tinychat::hub {

struct StreamSettings {
  std::chrono::seconds heartbeat{15};
  std::chrono::seconds lifetime{600};  // give or take a quarter; 0: for ever
  std::size_t streams_max = 0;         // of all shards together
  std::size_t recent_bytes_max = 0;
  // For what streams that are behind have still to be sent; none: without a bound. It outlives them.
  ByteBudget* budget = nullptr;
};

// The streams of all shards. The one thing that shards share and change; no order is needed of it.
class StreamCount {
 public:
  void add() { count_.fetch_add(1, std::memory_order_relaxed); }
  void remove() { count_.fetch_sub(1, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t get() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> count_{0};
};

// What the streams need of the rest of the hub.
class StreamSetOwner {
 public:
  StreamSetOwner() = default;
  StreamSetOwner(const StreamSetOwner&) = delete;
  StreamSetOwner& operator=(const StreamSetOwner&) = delete;
  virtual ~StreamSetOwner() = default;

  // As ShardPort::ask_journal().
  [[nodiscard]] virtual bool ask_journal(ShardPort::JournalQuestion&& question) = 0;
  virtual void tell_presence(PresenceCommand&& command) = 0;
};

class StreamSet {
 public:
  // `head`: everything up to here is before this shard's time. All references must outlive the set.
  StreamSet(const StreamSettings& settings, StreamTransport& transport, StreamSetOwner& owner,
            const Clock& clock, net::CloseCounters& counters, const CommittedHead& committed_head,
            StreamCount& count, EventId head);
  ~StreamSet();
  StreamSet(const StreamSet&) = delete;
  StreamSet& operator=(const StreamSet&) = delete;

  void attach(net::StreamSocket&& socket, StreamRequest&& request);
  void turn_away(net::StreamSocket&& socket);
  // Whether one more would be let in after `waiting` others.
  [[nodiscard]] bool has_room(std::size_t waiting) const {
    return count_.get() + waiting < settings_.streams_max;
  }

  // --- Once a turn, in this order ---
  // Takes what has become ready.
  void on_ready(const net::Reactor::ReadyStream& ready);
  // Takes what the writer has committed.
  void apply(std::span<const SharedBatch> batches);
  // Tells it to the live streams; attach() whoever is new after it.
  void fan_out();
  // Lets streams that are behind read on. True: some still can, have another turn soon.
  [[nodiscard]] bool catch_up();

  // About once a second: heartbeats, stalls, ends of life.
  void on_second();
  // Says good-bye to such a share (0 to 1, from one call to the next never less) of the streams that are
  // there at the first call, after which none is attached, and closes them. They, and all that are turned
  // away from now on, are told to come back after `absence` and some.
  void send_away(double share, std::chrono::milliseconds absence);

  // Ends the streams of those who have lost the right to them (see journal::Revocations).
  void end_streams_of(std::span<const std::string> holders);
  // Ends those of hosts that are refused.
  void end_streams_from(const wire::HostSet& hosts);

  // What a user had written is not in the journal any more: forgets the recent events, and tells those who
  // listen.
  void forget_written_by(std::string_view author);

  [[nodiscard]] EventId head() const { return head_; }
  // Any thread.
  [[nodiscard]] const StreamMeasures& measures() const { return measures_; }

 private:
  using Slot = std::uint32_t;

  // stream_set.cc
  Slot allocate();
  [[nodiscard]] static std::vector<Slot>& list_of(const Stream& stream);
  void follow(Slot slot, const std::vector<std::string>& names);
  void unfollow(Slot slot);
  void join_or_leave(const Stream& stream, PresenceCommand::Kind kind);
  void remember_user(Slot slot);
  void forget_user(Slot slot);
  void publish_gauges(const std::array<std::uint64_t, kStreamStates>& states);
  void mark(Slot slot);
  // To be sent when the socket takes more. False: there is no memory for it.
  [[nodiscard]] bool keep_rest(Stream& stream, std::string_view rest);
  // What is held for streams, but for recent events.
  [[nodiscard]] std::size_t held_bytes() const;
  // Whether there is memory for what a stream follows.
  [[nodiscard]] bool can_hold(const StreamRequest& request);
  void drop_rest(Stream& stream);
  [[nodiscard]] bool take_input(Slot slot);
  // At once; not while a list of streams is being walked: then doom() it.
  void close(Slot slot, net::CloseReason reason);
  void doom(Slot slot, net::CloseReason reason);
  void close_doomed();
  [[nodiscard]] std::string opening(EventId cursor, bool is_reset);
  // goodbye.cc
  [[nodiscard]] bool has_expired(const Stream& stream) const;
  // For good, and says so.
  void end(Slot slot);
  [[nodiscard]] std::string goodbye_retry();
  [[nodiscard]] std::string overload_retry();
  [[nodiscard]] bool is_foreign(const StreamRequest& request) const;
  [[nodiscard]] std::uint32_t seconds() const;
  [[nodiscard]] std::chrono::milliseconds draw(std::chrono::milliseconds min, std::chrono::milliseconds max);

  // fan_out.cc
  void apply(const Batch& batch);
  void touch(Room& room);
  void miss_everything_up_to(EventId head);
  void tell_room(Room& room);
  void tell_multi(Slot slot);
  void tell_transients(bool first);
  struct Moment;
  void collect(const Transient& transient, Moment& moment);
  static void collect(const Transient& transient, Room& room, Moment& moment);
  // To be sent with the next flush_sends(), if the stream is live; `burst` is the last of `bursts_`. Between
  // two flushes a stream is sent to once.
  void send_live(Slot slot, const room::Burst& burst);
  void flush_sends();
  // How many events the stream has been sent.
  std::size_t settle(Slot slot, const room::Burst& burst, net::IoResult sent, std::uint32_t now);
  void measure_fan_out();

  // notices.cc
  void take(const Notice& notice);
  // Calls tell(slot, burst) for each stream that is there, where the burst is the frame as that stream is
  // framed; then sends what was handed to send_live(), and closes what is doomed.
  template <typename Tell>
  void tell_all(const wire::Frame& frame, Tell tell);
  // Says so to a stream that is not live, and lets it begin anew at its cursor.
  void tell_reset_before_reading_on(Slot slot, std::string_view frame);
  void reset_if_ahead_for_too_long(Slot slot);

  // catch_up.cc
  enum class Step : std::uint8_t { kAgain, kStop };
  // One piece of reading on.
  Step read_on(Slot slot);
  Step flush_rest(Slot slot);
  Step send_behind(Slot slot, const room::Burst& burst, EventId after_all);
  enum class Recent : std::uint8_t { kNotCovered, kPiece, kAll };
  [[nodiscard]] static Recent collect_recent(const Stream& stream, room::Burst& burst);
  void ask_for_page(Slot slot);
  struct CatchUpPage;
  void on_page(Slot slot, std::uint32_t question, Result<CatchUpPage>&& page);

  const StreamSettings settings_;
  StreamTransport& transport_;
  StreamSetOwner& owner_;
  const Clock& clock_;
  net::CloseCounters& counters_;
  const CommittedHead& committed_head_;
  StreamCount& count_;
  const SteadyTime started_;
  StreamMeasures measures_;
  std::minstd_rand random_;

  EventId head_;                                      // everything up to here has been applied
  EventId told_head_;                                 // everything up to here has been told to live streams
  std::optional<wire::Frame> trouble_;                // what the server suffers from
  std::optional<std::chrono::milliseconds> absence_;  // the server's, once it goes down
  std::vector<Slot> leaving_;                         // who was there when it began to
  std::size_t left_ = 0;                              // the first of them: they have been told
  RoomTable rooms_;
  std::vector<Stream> streams_;  // by slot
  std::vector<Slot> free_;
  std::size_t places_ = 0;                                              // of streams in rooms
  std::size_t joins_ = 0;                                               // of people in rooms, by streams
  std::size_t rest_bytes_ = 0;                                          // of all streams
  ByteBudget::Share held_;                                              // for them
  std::uint32_t last_question_ = 0;                                     // of all streams
  std::unordered_map<std::string, std::vector<Slot>> streams_of_user_;  // by id

  // Work of this turn.
  std::vector<Room*> touched_rooms_;
  std::vector<Slot> touched_multi_;
  struct Recipient {
    Slot slot = 0;
    const room::Burst* burst = nullptr;
  };
  std::deque<room::Burst> bursts_;     // that are being sent
  std::vector<net::Send> sends_;       // to be flushed
  std::vector<Recipient> recipients_;  // of `sends_`
  std::vector<SharedBatch> batches_;   // whose events the rooms and streams above point to
  std::vector<Slot> marked_;           // behind, and able to write
  std::size_t catch_up_bytes_ = 0;     // sent to them in this turn
  std::vector<std::pair<Slot, net::CloseReason>> doomed_;
  std::vector<Slot> ahead_;  // streams in kAhead (or that have left it since)
};

}  // namespace tinychat::hub
