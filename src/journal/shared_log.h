// What a journal that several nodes share has besides: a tail, which tells what anybody has added to the
// log, and the presence of people over all nodes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/event_id.h"
#include "base/result.h"
#include "room/event.h"
#include "room/signal.h"

namespace tinychat::journal {

// Somebody came to a room, or left it with their last stream there.
struct PresenceNews {
  room::PresenceChange change = room::PresenceChange::kJoined;
  std::string room;
  room::Person person;
};

// The end of the log was lost: some of what came before this may never have been.
struct LogReset {};

// Nothing but a place in the log.
struct LogPlace {};

struct LogEntry {
  EventId id;
  std::variant<room::Event, PresenceNews, LogReset, LogPlace> what;
};

// What a program of another kind said to a room: not in the log, told to whoever listens.
struct OutsideMessage {
  std::string room;
  std::string sender;
  std::string text;
};

// Something for those who listen at the moment, on whatever node. In a LogNews also what this node has told.
using room::SignalText;

struct LogNews {
  // The log begins after the cursor: what is not here anymore has to be read room by room. `entries`
  // follow on `begins_after`, not on the cursor.
  bool has_gap = false;
  EventId begins_after;
  std::vector<LogEntry> entries;  // in id order
  std::vector<OutsideMessage> outside;
  std::vector<SignalText> signals;  // at most once
};

// Thread: one, which may block.
class LogTail {
 public:
  LogTail() = default;
  LogTail(const LogTail&) = delete;
  LogTail& operator=(const LogTail&) = delete;
  virtual ~LogTail() = default;

  // What comes after the cursor, as soon as there is something; nothing if there is nothing for
  // `patience`. Error: kUnavailable and others, with the reason; ask again, it comes back by itself.
  virtual Result<LogNews> next(EventId cursor, std::chrono::milliseconds patience) = 0;

  // So many things that were said from outside could not be understood, since the last time this was asked.
  [[nodiscard]] virtual std::size_t take_malformed() = 0;
};

// Who is where on this node, and what is told to those who listen at the moment, told to all. Thread: the
// writer's.
class SharedPresence {
 public:
  SharedPresence() = default;
  SharedPresence(const SharedPresence&) = delete;
  SharedPresence& operator=(const SharedPresence&) = delete;
  virtual ~SharedPresence() = default;

  // Somebody's first stream in a room of this node has come, or their last has left; over all nodes a user is
  // one under any name. Cannot fail: what cannot be told now is told when it can be.
  virtual void tell(const PresenceNews& news) = 0;

  // A user has another name. The rooms where they are, on any node, and have that name now.
  virtual std::vector<std::string> rename(const room::Person& user) = 0;

  // To the streams of all nodes, by their tails. What cannot be told now is not told.
  virtual void signal(std::span<const SignalText> signals) = 0;

  // To be called every limits::kPresenceRenewal: says that this node lives, and sees off the people of nodes
  // that do not. True: there is more to do, call again soon.
  virtual bool renew() = 0;
};

}  // namespace tinychat::journal
