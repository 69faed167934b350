// Every limit of the program, with its unit and its reason. Nothing in tinychat is unbounded.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tinychat::limits {

using namespace std::chrono_literals;

// --- What people write -------------------------------------------------------------------------
// Room for a long name; short enough for a path segment and a file name.
inline constexpr std::size_t kRoomNameBytesMax = 128;
inline constexpr std::size_t kSenderBytesMax = 128;
// A message is a message, not a file. Settable up to kTextBytesCeiling.
inline constexpr std::size_t kTextBytesDefault = 8 * 1024;
// Escaping makes at most six bytes of one: such a text still fits an event of kEventBytesMax.
inline constexpr std::size_t kTextBytesCeiling = 10'000;
// Browsers and proxies are happy with events of this size. WIRE: an event stays under 64 KiB.
inline constexpr std::size_t kEventBytesMax = 64 * 1024;
// A message with its HTML: an event without its lines around.
inline constexpr std::size_t kMessageJsonBytesMax = kEventBytesMax - 1024;
// What markup makes of a text; four times the longest one by default.
inline constexpr std::size_t kHtmlBytesMax = 32 * 1024;
inline constexpr std::size_t kIdempotencyKeyBytesMax = 255;

// --- HTTP requests -----------------------------------------------------------------------------
inline constexpr std::size_t kTargetBytesMax = 8 * 1024;
// 100 rooms of 128 bytes, percent-encoded, do not fit one line of 8 KiB; heads with cookies do.
inline constexpr std::size_t kHeadBytesMax = 16 * 1024;
inline constexpr std::size_t kHeaderFieldsMax = 100;
// kTextBytesCeiling with every byte escaped as \u00XX, and the sender, and multipart's own lines.
inline constexpr std::size_t kBodyBytesMax = 64 * 1024;
// The head of a chunk with its extensions, and the trailer: nobody needs either.
inline constexpr std::size_t kChunkLineBytesMax = 4 * 1024;
inline constexpr std::size_t kFormFieldsMax = 64;
inline constexpr std::size_t kJsonDepthMax = 8;
// From a request's first byte to the end of its head.
inline constexpr auto kHeadTimeout = 10s;
// Without a byte of a body that is still to come; and for the body as a whole.
inline constexpr auto kBodyIdleTimeout = 10s;
inline constexpr auto kBodyTimeout = 60s;
// A connection that was accepted just before the server goes down may still bring its first request.
inline constexpr auto kFirstRequestGrace = 500ms;
// Between two requests of a kept-alive connection, and before the first.
inline constexpr auto kKeepAliveTimeout = 75s;
// To send an answer to a peer that takes nothing.
inline constexpr auto kResponseStallTimeout = 30s;
// After an error answer, what the peer still sends is read and thrown away, so that it sees the
// answer instead of a reset.
inline constexpr auto kLingerTimeout = 2s;
inline constexpr std::size_t kLingerBytesMax = 1024 * 1024;

// --- Connections and rates; all of these are defaults that options change -----------------------------
// A house, an office or a provider may be behind one address; of IPv6, behind one /64.
inline constexpr std::size_t kConnectionsPerAddressDefault = 1000;
// A tab in front has one; other tabs share it.
inline constexpr std::size_t kStreamsPerUserDefault = 50;
// What the limiters let through at once is what they let through in so many seconds.
inline constexpr double kRateBurstSeconds = 5;
// Opening the page is about ten requests.
inline constexpr double kRequestsPerAddressDefault = 100;
inline constexpr double kMessagesPerUserDefault = 10;
inline constexpr double kMessagesPerAddressDefault = 50;
inline constexpr double kMessagesPerRoomDefault = 500;
inline constexpr double kNewUsersPerMinuteDefault = 60;
// A page whose cookie has ended sends it two or three times, a program with a revoked token every few
// seconds.
inline constexpr double kWrongSecretsPerMinuteDefault = 60;
// Rooms are for ever; this many cost 100 MB of disk and no memory.
inline constexpr std::uint64_t kRoomsMaxDefault = 1'000'000;
// For what comes in, what goes out and what waits in between; recent events (kRecentBytesPerShard) are extra.
inline constexpr std::size_t kHeldBytesDefault = 512 * 1024 * 1024;

// --- The operator's listener ------------------------------------------------------------------
// A few programs that look every few seconds; above it the idle ones give way.
inline constexpr std::size_t kAdminConnectionsMax = 64;
inline constexpr std::size_t kAdminBytesMax = 16 * 1024 * 1024;

// --- Streams -----------------------------------------------------------------------------------
inline constexpr std::size_t kRoomsPerStreamMax = 100;
inline constexpr auto kHeartbeatInterval = 15s;
// A reader that takes nothing for so long is closed; it resumes by its cursor.
inline constexpr auto kStreamStallTimeout = 30s;
inline constexpr auto kStreamLifetimeDefault = 10min;
inline constexpr auto kTcpUserTimeout = 30s;
inline constexpr int kTcpNotSentLowWaterBytes = 16 * 1024;
// What a client of a stream may send after its request (nothing is expected) before it is closed.
inline constexpr std::size_t kStreamInputBytesMax = 64 * 1024;
// Reconnection times, drawn per connection so that clients come back spread out (WIRE 2, 9).
inline constexpr auto kRetryMin = 2000ms;
inline constexpr auto kRetryMax = 4000ms;
inline constexpr auto kGoodbyeRetryMin = 1000ms;
inline constexpr auto kGoodbyeRetryMax = 5000ms;
// How long streams are sent away when the server goes down: nobody waits for it much longer than for those
// who come back first.
inline constexpr auto kDrainWindow = 1s;
inline constexpr auto kDrainWindowMax = 1h;
// After that: for answers under way; a commit takes milliseconds.
inline constexpr auto kAnswerTimeout = 5s;
inline constexpr auto kOverloadRetryMin = 15'000ms;
inline constexpr auto kOverloadRetryMax = 60'000ms;

// A stream whose cursor is ahead of the log waits so long for the log to get there; then the cursor is not
// of this log. The nodes of a deployment are milliseconds apart.
// More than it takes to notice that the log cannot be read (kRedisTailWait, kRedisReplyTimeout).
inline constexpr auto kAheadPatience = 5s;

// --- Catching up -------------------------------------------------------------------------------
// Recent events a shard keeps in memory, over all its rooms.
inline constexpr std::size_t kRecentBytesPerShard = 16 * 1024 * 1024;
// One reading of the journal for a stream that is behind.
inline constexpr std::size_t kCatchUpEventsMax = 256;
inline constexpr std::size_t kCatchUpBytesMax = 128 * 1024;
// What a shard sends in one turn to streams that are behind; then requests and live streams have theirs.
inline constexpr std::size_t kCatchUpBytesPerTurn = 1024 * 1024;

// --- Time --------------------------------------------------------------------------------------
// A clock that goes forward by more than this has leapt; what is set right is set by less.
inline constexpr auto kClockLeap = 1h;
// Before messages are deleted by the time it shows, a leap has lasted for so long, and somebody could have
// seen it.
inline constexpr auto kClockLeapPatience = 24h;

// --- Queues ------------------------------------------------------------------------------------
// Publishes waiting for the writer, over all shards; at the limit a publish gets 503.
inline constexpr std::size_t kWriterQueueMax = 32 * 1024;
// Events in one commit: bounds the time a commit takes and the memory of a batch.
inline constexpr std::size_t kBatchEventsMax = 1024;
// Batches on their way to a shard; at the limit the shard misses some and catches up by cursor.
inline constexpr std::size_t kShardQueueMax = 1024;
// Journal readings waiting, per thread that reads.
inline constexpr std::size_t kReadQueueMax = 64 * 1024;

// --- Redis -------------------------------------------------------------------------------------
// What a request may wait for Redis, over all attempts.
inline constexpr auto kRedisReplyTimeout = 2s;
// How long Redis knows what it has answered to what must not be done twice. More than kRedisReplyTimeout: who
// has not heard it by then does not ask again.
inline constexpr auto kRedisAnswerKept = 10s;
// To connect, shake hands and log in.
inline constexpr auto kRedisConnectTimeout = 1s;
// Between attempts to connect; drawn between half of it and all.
inline constexpr auto kRedisBackoffMin = 50ms;
inline constexpr auto kRedisBackoffMax = 1000ms;
// A node that starts before its Redis waits so long for it.
inline constexpr auto kRedisStartTimeout = 30s;
inline constexpr auto kRedisKeepAlive = 5s;
inline constexpr auto kRedisUserTimeout = 10s;
// How long the tail lets Redis wait for something new before it looks whether Redis is still there.
inline constexpr auto kRedisTailWait = 1s;
// Events that one look at the log brings.
inline constexpr std::size_t kRedisTailEventsMax = 512;
// Of answers that wait to be read, and of one array: against what is no Redis, or has lost its mind. A page
// of 1000 rooms with their topics, the longest that is asked for, has some 11 MB.
inline constexpr std::size_t kRedisReplyBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kRedisReplyElementsMax = 1024 * 1024;
// Entries of the log that nodes follow. A node that was away for more reads on from the rooms' own streams.
inline constexpr std::size_t kRedisLogEventsMax = 100'000;
// For how long a publish can be repeated under its key.
inline constexpr auto kIdempotencyKeyLifetime = 24h;
// A node that has not been heard of for so long is dead, and its people have left.
inline constexpr auto kPresenceLease = 20s;
inline constexpr auto kPresenceRenewal = 5s;
// People of a dead node that are seen off in one go.
inline constexpr std::size_t kPresenceSweepMax = 500;
// --- People ------------------------------------------------------------------------------------
// As long as browsers keep a cookie at most.
inline constexpr auto kSessionLifetime = std::chrono::days(400);
// Not every request of a session is a write.
inline constexpr std::chrono::milliseconds kSessionSeenLag = 5min;
inline constexpr std::size_t kUserAgentBytesMax = 256;
// Tokens of programs; they are listed in one piece.
inline constexpr std::size_t kTokensMax = 1000;
inline constexpr std::size_t kTokenNameBytesMax = 64;
// Rooms that one token names.
inline constexpr std::size_t kTokenRoomsMax = 100;
// A title is for people; a room's name is another matter.
inline constexpr std::size_t kRoomTitleBytesMax = 128;
// Of a private room; they are listed, and told of it, in one piece.
inline constexpr std::size_t kRoomMembersMax = 200;
// Of those that are not private: each shard keeps their names.
inline constexpr std::size_t kLockedRoomsMax = 1000;
// How often it is looked who has lost a right: in less than 5 s their streams have ended.
inline constexpr auto kRevocationInterval = 1s;
// Those that servers can still be told of. One that was away for more has lost its streams with it.
inline constexpr std::size_t kRevocationsKept = 10'000;
// Each shard keeps them; a network counts as one.
inline constexpr std::size_t kAddressBlocksMax = 1000;
// How long links and tokens can be good for, and how often a link. Nobody counts so far.
inline constexpr double kPassDaysMax = 3650;
inline constexpr double kLinkUsesMax = 1'000'000;
// What owners did: years of it, and some MB.
inline constexpr std::size_t kAuditEntriesMax = 10'000;
// What one stream can follow.
inline constexpr std::size_t kMembershipsMax = kRoomsPerStreamMax;
// One event for a user and a room: clients forget it after five seconds.
inline constexpr std::chrono::milliseconds kTypingInterval = 3s;
// People of a room who are listed, and told of one by one.
inline constexpr std::size_t kPeopleListedMax = 200;
// Unread messages are counted so far; it stands for all above.
inline constexpr std::size_t kUnreadMax = 100;
// How far a cursor may lie ahead of the clock: those of clients differ from ours.
inline constexpr std::chrono::milliseconds kReadAheadMax = 1min;
// Questions about people that wait for their thread.
inline constexpr std::size_t kPeopleQueueMax = 16 * 1024;

// --- Pages -------------------------------------------------------------------------------------
inline constexpr std::size_t kHistoryPageMax = 200;
inline constexpr std::size_t kHistoryPageDefault = 50;
// Of the texts on a page, which are rendered anew each time it is asked for.
inline constexpr std::size_t kHistoryPageBytesMax = 256 * 1024;
inline constexpr std::size_t kRoomsPageMax = 1000;
inline constexpr std::size_t kAuditPageMax = 200;
inline constexpr std::size_t kAuditPageDefault = 50;

}  // namespace tinychat::limits
