// The face a shard shows to request handlers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "base/result.h"
#include "hub/stream_request.h"
#include "journal/journal.h"
#include "journal/people.h"
#include "net/http.h"
#include "room/event.h"
#include "room/presence.h"
#include "wire/ip_address.h"

namespace tinychat::hub {

using PublishRequest = journal::Publication;
using journal::Published;

// Somebody writes.
struct TypingSignal {
  std::string room;
  room::Person user;
};
// A user has another name.
struct RenamedSignal {
  room::Person user;
  std::string previous;
};
// For the streams of one user.
struct UserSignal {
  std::string user;   // id
  std::string event;  // a valid event name
  std::string json;   // one line
};
// For the streams that follow a room.
struct RoomSignal {
  std::string room;
  std::string event;  // a valid event name
  std::string json;   // one line
};
// What is told to those who listen at the moment, and to nobody later.
using Signal = std::variant<TypingSignal, RenamedSignal, UserSignal, RoomSignal>;

// What a request handler can ask of its shard. Thread: the shard's; answers come there, too, in a
// later turn of its loop (a refusal may come at once).
class ShardPort {
 public:
  using PublishDone = std::move_only_function<void(Result<Published>)>;
  // Runs on a thread that may block; what it returns runs on the shard.
  using JournalQuestion = std::move_only_function<std::move_only_function<void()>(journal::JournalReader&)>;

  ShardPort() = default;
  ShardPort(const ShardPort&) = delete;
  ShardPort& operator=(const ShardPort&) = delete;
  virtual ~ShardPort() = default;

  // Answers when the journal has it. Errors: kOverloaded, kStopping, kStorageFull, kStorageFailed,
  // kUnavailable, kUnprocessable (the idempotency key was used for another message).
  virtual void publish(PublishRequest&& request, PublishDone&& done) = 0;

  // False: too many questions are waiting (the question is dropped, unasked).
  [[nodiscard]] virtual bool ask_journal(JournalQuestion&& question) = 0;

  // Runs on the thread that has the people; the rest as for ask_journal().
  using PeopleQuestion = std::move_only_function<std::move_only_function<void()>(journal::People&)>;
  [[nodiscard]] virtual bool ask_people(PeopleQuestion&& question) = 0;

  // After what was published before. Dropped when too much is on its way: those who would have had it miss
  // it, as they do when they are behind.
  virtual void tell(Signal&& signal) = 0;

  // Whether only few write in a room, which is not private; at most limits::kRevocationInterval late.
  [[nodiscard]] virtual bool is_locked(std::string_view room) const = 0;

  // Whether whoever comes from there is refused; at most limits::kRevocationInterval late.
  [[nodiscard]] virtual bool is_blocked(const wire::IpAddress& address) const = 0;

  // Who is in a room, over all nodes. False: too many questions are waiting.
  using AttendanceDone = std::move_only_function<void(Result<room::Attendance>)>;
  [[nodiscard]] virtual bool ask_attendance(std::string room, AttendanceDone&& done) = 0;

  // Takes what a user has written out of the journal; answers how much that was. False: too much is waiting.
  using EraseDone = std::move_only_function<void(Result<std::uint64_t>)>;
  [[nodiscard]] virtual bool erase(std::string author, EraseDone&& done) = 0;

  // Whether there is room for one more stream. If not, the peer is told when to come back (see
  // turn_away()).
  [[nodiscard]] virtual bool has_room_for_stream() const = 0;

  // Makes a stream of the socket.
  virtual void attach(net::StreamSocket&& socket, StreamRequest&& request) = 0;

  // Answers a subscriber that there is no room for with a time to come back, and closes.
  virtual void turn_away(net::StreamSocket&& socket) = 0;
};

}  // namespace tinychat::hub
