// What the hub counts, for whoever watches. Each struct has one thread that writes it; any may read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/metrics.h"
#include "base/result.h"

namespace tinychat::hub {

// Why a stream was told that there is a gap.
enum class ResetReason : std::uint8_t {
  kUnknownCursor,  // its cursor is nonsense, or of another log
  kTrimmed,        // what comes after its cursor is not kept any more
  kLogLost,        // Redis has lost the end of the log
};
inline constexpr std::array<std::string_view, 3> kResetReasons = {"unknown-cursor", "trimmed", "log-lost"};

// Of the streams of one shard.
struct alignas(kCacheLineBytes) StreamMeasures {
  Counter deliveries;  // events handed to a stream's socket
  Counter bytes_sent;
  Counter writes;  // to sockets
  Counter opened;
  Counter fell_behind;     // live streams whose socket did not take all
  Counter batches_missed;  // times that this shard's mailbox was full
  Counter pages_asked;     // of the journal
  Counter pages_failed;    // the journal could not be read
  Counter pages_put_off;   // too many questions were waiting
  std::array<Counter, kResetReasons.size()> resets;
  DurationHistogram fan_out_times;  // from the commit of a batch until its last live stream was written to

  // As of the last second.
  Gauge live;
  Gauge behind;
  Gauge reading;
  Gauge ahead;
  Gauge rooms_followed;
  Gauge rooms_remembered;  // with or without followers
  Gauge recent_bytes;

  void reset(ResetReason reason) { resets[static_cast<std::size_t>(reason)].add(); }
};

// Of the publishes of one shard.
struct alignas(kCacheLineBytes) PublishMeasures {
  Counter stored;
  Counter repeated;  // stored before, under the same idempotency key
  std::array<Counter, kCodes> refused;
  DurationHistogram times;  // from the request to its acknowledgement

  void refuse(Code code) { refused[static_cast<std::size_t>(code)].add(); }
};

struct alignas(kCacheLineBytes) WriterMeasures {
  DurationHistogram commit_times;
  SizeHistogram commit_sizes;  // messages in one commit
  Counter failed_commits;      // in which the journal refused at least one message
  Counter failed_trims;
};

// Of the log that nodes share.
struct alignas(kCacheLineBytes) TailMeasures {
  Counter looks;      // that the log answered
  Counter failures;   // that it did not
  Counter entries;    // read
  Counter outside;    // messages of other programs
  Counter malformed;  // things of other programs that were no messages
  Counter gaps;       // it was away for longer than the log reaches back
  Gauge is_up;        // 1: the last look was answered
};

}  // namespace tinychat::hub
