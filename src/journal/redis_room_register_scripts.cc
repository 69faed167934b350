// The scripts about titles, locks and members of rooms.
//
// profile:ROOM is a hash of what is known of a room: title, locked (1 or not there) and, of a private one,
// how many members there ever were (places) and, of a direct one, the ids of the two (pair). members:ROOM has
// the members of a private room, sorted by when they came. pairs is a hash from pairs to their rooms.
// locked-rooms is the set of those that are locked and not private.
#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

// KEYS: profile, members. ARGV: 1 how keys begin, 2 title, 3… users. Answers 'nobody' where it cannot be.
constexpr std::string_view kMake = R"lua(
for i = 3, #ARGV do
  local user = redis.call('HMGET', ARGV[1] .. 'user:' .. ARGV[i], 'name', 'role')
  if not user[1] or user[2] == '0' then return 'nobody' end
end
redis.call('HSET', KEYS[1], 'title', ARGV[2], 'places', #ARGV - 2)
for i = 3, #ARGV do redis.call('ZADD', KEYS[2], i - 2, ARGV[i]) end
return 'made'
)lua";

// KEYS: pairs. ARGV: 1 how keys begin, 2 room, 3 pair, 4 and 5 the users. Answers the room's name, or
// 'nobody' where it cannot be.
constexpr std::string_view kMakeDirect = R"lua(
local found = redis.call('HGET', KEYS[1], ARGV[3])
if found then return found end
for i = 4, 5 do
  local user = redis.call('HMGET', ARGV[1] .. 'user:' .. ARGV[i], 'name', 'role')
  if not user[1] or user[2] == '0' then return 'nobody' end
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])
redis.call('HSET', ARGV[1] .. 'profile:' .. ARGV[2], 'title', '', 'pair', ARGV[3], 'places', 2)
redis.call('ZADD', ARGV[1] .. 'members:' .. ARGV[2], 1, ARGV[4], 2, ARGV[5])
return ARGV[2]
)lua";

// KEYS: pairs, to say where the others are. ARGV: 1 how keys begin, 2 user or '', 3… rooms. Answers
// { { title, locked, whether it is direct, part, name of the other one }, … }.
constexpr std::string_view kLookAtRooms = R"lua(
local function host_of(members)
  for i = 0, redis.call('ZCARD', members) - 1 do
    local id = redis.call('ZRANGE', members, i, i)[1]
    if redis.call('HGET', ARGV[1] .. 'user:' .. id, 'role') ~= '0' then return id end
  end
end
local answer = {}
for i = 3, #ARGV do
  local profile = redis.call('HMGET', ARGV[1] .. 'profile:' .. ARGV[i], 'title', 'locked', 'pair')
  local members, part, other = ARGV[1] .. 'members:' .. ARGV[i], '0', ''
  if ARGV[2] == '' then
    part = tostring(redis.call('EXISTS', members))
  elseif redis.call('ZSCORE', members, ARGV[2]) then
    part = '1'
    if not profile[3] then
      if host_of(members) == ARGV[2] then part = '2' end
    else
      local one, two = string.match(profile[3], '^(%S+) (%S+)$')
      other = redis.call('HGET', ARGV[1] .. 'user:' .. (one == ARGV[2] and two or one), 'name') or ''
    end
  end
  answer[#answer + 1] = { profile[1] or '', profile[2] or '0', profile[3] and '1' or '0', part, other }
end
return answer
)lua";

// KEYS: profile, members. ARGV: how keys begin. Answers { whether it is direct, { id, name }, … }, or
// nothing.
constexpr std::string_view kMembers = R"lua(
local ids = redis.call('ZRANGE', KEYS[2], 0, -1)
if #ids == 0 then return false end
local answer = { tostring(redis.call('HEXISTS', KEYS[1], 'pair')) }
for _, id in ipairs(ids) do
  local user = redis.call('HMGET', ARGV[1] .. 'user:' .. id, 'name', 'role')
  if user[1] and user[2] ~= '0' then answer[#answer + 1] = { id, user[1] } end
end
return answer
)lua";

// KEYS: profile, members. ARGV: 1 how keys begin, 2 user, 3 how many there can be, 4 who adds or ''. Answers
// 'none', 'direct', 'nobody' or 'full' where it cannot be.
constexpr std::string_view kAddMember = R"lua(
if redis.call('EXISTS', KEYS[2]) == 0 then return 'none' end
if ARGV[4] ~= '' and not redis.call('ZSCORE', KEYS[2], ARGV[4]) then return 'none' end
if redis.call('HEXISTS', KEYS[1], 'pair') == 1 then return 'direct' end
local user = redis.call('HMGET', ARGV[1] .. 'user:' .. ARGV[2], 'name', 'role')
if not user[1] or user[2] == '0' then return 'nobody' end
if redis.call('ZSCORE', KEYS[2], ARGV[2]) then return 'there' end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 'full' end
redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[1], 'places', 1), ARGV[2])
return 'added'
)lua";

// KEYS: profile, members, revocations. ARGV: 1 user, 2 what to note, 3 how many revocations to keep. Answers
// 'direct' where it cannot be, else 'gone' or 'none'.
constexpr std::string_view kRemoveMember = R"lua(
if redis.call('HEXISTS', KEYS[1], 'pair') == 1 then return 'direct' end
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 'none' end
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('DEL', KEYS[1]) end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], '*', 'h', ARGV[2])
return 'gone'
)lua";

// KEYS: profile, locked rooms. ARGV: 1 room, 2 '1' for a private one, 3 '1' for a new title, 4 that title,
// 5 '1' to lock, '0' to open, else '', 6 how many may be locked. Answers 'none', 'direct' or 'full' where it
// cannot be.
constexpr std::string_view kChangeRoom = R"lua(
if ARGV[2] == '1' and redis.call('EXISTS', KEYS[1]) == 0 then return 'none' end
if redis.call('HEXISTS', KEYS[1], 'pair') == 1 then return 'direct' end
if ARGV[2] == '0' and ARGV[5] == '1' and redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 0 then
  if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[6]) then return 'full' end
  redis.call('SADD', KEYS[2], ARGV[1])
end
if ARGV[5] == '0' then redis.call('SREM', KEYS[2], ARGV[1]) end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'locked', ARGV[5]) end
if ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'title', ARGV[4]) end
return 'changed'
)lua";

}  // namespace

const RedisRoomRegisterScripts& redis_room_register_scripts() {
  static const RedisRoomRegisterScripts scripts{redis::Script(kMake),        redis::Script(kMakeDirect),
                                                redis::Script(kLookAtRooms), redis::Script(kMembers),
                                                redis::Script(kAddMember),   redis::Script(kRemoveMember),
                                                redis::Script(kChangeRoom)};
  return scripts;
}

}  // namespace tinychat::journal
