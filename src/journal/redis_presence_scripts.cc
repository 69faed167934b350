// The scripts about who is where.
//
// A room's people are a hash. Its fields are keys of people: `i` and a user's id, or `n` and the name of
// somebody of whom that is all there is; its values are the number of nodes that have them, a space, and the
// name they are there under. A node's people are a hash of room, NUL, key. A user's places are a set of
// rooms.
#include <string>

#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

// Where so many are, nobody is told of users one by one.
constexpr std::string_view kTell = R"lua(
local function tell(log, log_max, people, listed_max, change, room, key, name)
  local id = string.match(key, '^i(.*)$')
  if not id then
    redis.call('XADD', log, 'MAXLEN', '~', log_max, '*', 'p', change, 'r', room, 'n', name)
  elseif redis.call('HLEN', people) <= tonumber(listed_max) then
    redis.call('XADD', log, 'MAXLEN', '~', log_max, '*', 'p', change, 'r', room, 'n', name, 'i', id)
  end
end
)lua";

constexpr std::string_view kLeaveRoom = R"lua(
local function leave(log, log_max, base, listed_max, room, key)
  local people = base .. 'people:' .. room
  local count, name = string.match(redis.call('HGET', people, key) or '', '^(%d+) (.*)$')
  if not count then return end
  if tonumber(count) > 1 then
    redis.call('HSET', people, key, string.format('%d %s', count - 1, name))
    return
  end
  redis.call('HDEL', people, key)
  if string.sub(key, 1, 1) == 'i' then
    redis.call('SREM', base .. 'places:' .. string.sub(key, 2), room)
  end
  tell(log, log_max, people, listed_max, 'l', room, key, name)
end
)lua";

// The first stream of somebody in a room of this node has come.
// KEYS: log, the node's people. ARGV: 1 how keys begin, 2 length of the log, 3 how many are listed, 4 room,
// 5 key, 6 name. Who is the first over all nodes is told in the log; the name of the first stays.
constexpr std::string_view kJoin = R"lua(
if redis.call('HSETNX', KEYS[2], ARGV[4] .. '\0' .. ARGV[5], 1) == 0 then return 0 end
local people = ARGV[1] .. 'people:' .. ARGV[4]
local count, name = string.match(redis.call('HGET', people, ARGV[5]) or '', '^(%d+) (.*)$')
if count then
  redis.call('HSET', people, ARGV[5], string.format('%d %s', count + 1, name))
  return 0
end
redis.call('HSET', people, ARGV[5], '1 ' .. ARGV[6])
if string.sub(ARGV[5], 1, 1) == 'i' then
  redis.call('SADD', ARGV[1] .. 'places:' .. string.sub(ARGV[5], 2), ARGV[4])
end
tell(KEYS[1], ARGV[2], people, ARGV[3], 'j', ARGV[4], ARGV[5], ARGV[6])
return 1
)lua";

// And the last has gone. KEYS and ARGV as for kJoin, without a name.
constexpr std::string_view kLeave = R"lua(
if redis.call('HDEL', KEYS[2], ARGV[4] .. '\0' .. ARGV[5]) == 0 then return 0 end
leave(KEYS[1], ARGV[2], ARGV[1], ARGV[3], ARGV[4], ARGV[5])
return 1
)lua";

// Renews the lease of a node, and sees off the people of one whose lease has run out, some at a time.
// KEYS: log, nodes. ARGV: 1 how keys begin, 2 length of the log, 3 how many people are listed, 4 this node,
// 5 milliseconds of a lease, 6 how many to see off.
// Answers { whether this node's lease still held, whether there is more to see off }.
constexpr std::string_view kSweep = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('ZSCORE', KEYS[2], ARGV[4]) and 1 or 0
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[5])), ARGV[4])
local dead = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', now), 'LIMIT', 0, 1)[1]
if not dead then return { held, 0 } end
local people = ARGV[1] .. 'node:' .. dead
local fields = redis.call('HSCAN', people, 0, 'COUNT', ARGV[6])[2]
for i = 1, #fields, 2 do
  local room, key = string.match(fields[i], '^([^%z]*)%z(.*)$')
  redis.call('HDEL', people, fields[i])
  leave(KEYS[1], ARGV[2], ARGV[1], ARGV[3], room, key)
end
if redis.call('HLEN', people) == 0 then
  redis.call('DEL', people)
  redis.call('ZREM', KEYS[2], dead)
end
return { held, 1 }
)lua";

// A user has another name wherever they are. KEYS: the user's places. ARGV: 1 how keys begin, 2 id, 3 name.
// Answers the rooms.
constexpr std::string_view kRenameEverywhere = R"lua(
local rooms = {}
for _, room in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local people = ARGV[1] .. 'people:' .. room
  local count = string.match(redis.call('HGET', people, 'i' .. ARGV[2]) or '', '^(%d+) ')
  if count then
    redis.call('HSET', people, 'i' .. ARGV[2], count .. ' ' .. ARGV[3])
    rooms[#rooms + 1] = room
  end
end
return rooms
)lua";

// Who is in a room. KEYS: its people. ARGV: how many are listed.
// Answers { how many, { key, value, key, … } }, the list empty where they are more.
constexpr std::string_view kAttendance = R"lua(
local count = redis.call('HLEN', KEYS[1])
if count > tonumber(ARGV[1]) then return { count, {} } end
return { count, redis.call('HGETALL', KEYS[1]) }
)lua";

}  // namespace

const RedisPresenceScripts& redis_presence_scripts() {
  static const std::string join = std::string(kTell).append(kJoin);
  static const std::string leave = std::string(kTell).append(kLeaveRoom).append(kLeave);
  static const std::string sweep = std::string(kTell).append(kLeaveRoom).append(kSweep);
  static const RedisPresenceScripts scripts{redis::Script(join), redis::Script(leave), redis::Script(sweep),
                                            redis::Script(kRenameEverywhere), redis::Script(kAttendance)};
  return scripts;
}

}  // namespace tinychat::journal
