#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

// Makes the log if there is none, so that it always has an entry and a beginning.
// KEYS: log, meta. ARGV: id of a first entry. Answers { origin, id of the newest entry }.
constexpr std::string_view kOpen = R"lua(
local origin = redis.call('HGET', KEYS[2], 'origin')
if redis.call('EXISTS', KEYS[1]) == 0 or not origin then
  origin = redis.call('XADD', KEYS[1], ARGV[1], 'o', '1')
  redis.call('HSET', KEYS[2], 'origin', origin)
end
return { origin, redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1] }
)lua";

// One publication: idempotency key, log, the room's own stream, retention, who listens outside.
// KEYS: log, room, rooms, trimmed, idempotency key, writer, topics.
// ARGV: 1 epoch of the writer, 2 room, 3 sender, 4 text, 5 idempotency key or '', 6 its milliseconds,
//       7 length of the log, 8 messages a room keeps or '0', 9 the writer's name for this publication,
//       10 and 11 milliseconds (13 digits) and sequence of the newest id the node knows,
//       12 what is published to the room's channel but for its end, or '', 13 '*' or the id,
//       14 author or '', 15 kind of event: 1 for a message, 2 for a topic, 16 how many rooms there may be or
//       '0'.
// What belongs to an idempotency key is told again by a digest: of the author, whatever their name is by
// then, or else of the sender. Answers the id, or for a repeat { id } or { id, sender as it was then }.
// Errors: STALE (of a connection that was given up), CONFLICT, ROOMS. What can be refused is asked before
// anything is written.
constexpr std::string_view kPublish = R"lua(
if redis.call('GET', KEYS[6]) ~= ARGV[1] then return redis.error_reply('STALE') end
local room, sender, text, key, author, kind = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[14], ARGV[15]
local size = redis.call('XLEN', KEYS[2])
local digest
if key ~= '' then
  local who = #sender .. ' ' .. sender
  if author ~= '' then who = 'a' .. #author .. ' ' .. author end
  if kind ~= '1' then who = 'e' .. kind .. ' ' .. who end
  digest = redis.sha1hex(who .. text)
  local was = redis.call('GET', KEYS[5])
  if was then
    local id, same, name = string.match(was, '^(%S+) (%S+) ?(.*)$')
    if same ~= digest then return redis.error_reply('CONFLICT') end
    if author ~= '' then return { id, name } end
    return { id }
  end
  if author ~= '' then digest = digest .. ' ' .. sender end
end
local rooms = tonumber(ARGV[16])
if size == 0 and rooms > 0 and redis.call('ZCARD', KEYS[3]) >= rooms and not redis.call('ZSCORE', KEYS[3], room) then
  return redis.error_reply('ROOMS')
end
local what = { 's', sender, 't', text }
local function note(name, value)
  what[#what + 1] = name
  what[#what + 1] = value
end
if author ~= '' then note('a', author) end
if kind ~= '1' then note('e', kind) end
if size == 0 then redis.call('ZADD', KEYS[3], 0, room) end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[7], ARGV[13], 'r', room, 'w', ARGV[9], unpack(what))
if string.sub(id, 1, 13) <= ARGV[10] then
  local milliseconds, sequence = string.match(id, '^(%d+)-(%d+)$')
  local head, last = tonumber(ARGV[10]), tonumber(ARGV[11])
  if tonumber(milliseconds) < head or (tonumber(milliseconds) == head and tonumber(sequence) <= last) then
    redis.call('XDEL', KEYS[1], id)
    id = redis.call('XADD', KEYS[1], string.format('%.0f-%.0f', head, last + 1), 'r', room, 'w', ARGV[9], unpack(what))
  end
end
if key ~= '' then note('k', key) end
local stored = redis.pcall('XADD', KEYS[2], id, unpack(what))
if type(stored) == 'table' and stored.err then
  redis.call('XDEL', KEYS[1], id)
  return stored
end
local over = tonumber(ARGV[8])
if over > 0 and size >= over then
  over = size + 1 - over
  local gone = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', over)
  redis.call('HSET', KEYS[4], room, gone[over][1])
  redis.call('XTRIM', KEYS[2], 'MAXLEN', ARGV[8])
end
if kind == '2' then redis.call('HSET', KEYS[7], room, text) end
if key ~= '' then redis.call('SET', KEYS[5], id .. ' ' .. digest, 'PX', ARGV[6]) end
if ARGV[12] == '' then return id end
if redis.call('PUBSUB', 'NUMSUB', room)[2] > 0 or redis.call('PUBSUB', 'NUMPAT') > 1 then
  redis.call('PUBLISH', room, ARGV[12] .. id .. '"}')
end
return id
)lua";

// Entries of some rooms after an id, oldest first.
// KEYS: meta, trimmed. ARGV: 1 how keys begin, 2 after, 3 through, 4 how many, 5… the rooms.
// Answers { origin, number of rooms trimmed past `after`, { { index of the room, id, fields }, … } }.
constexpr std::string_view kRead = R"lua(
local function parts(id)
  local milliseconds, sequence = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(milliseconds), tonumber(sequence)
end
local count = tonumber(ARGV[4])
local through = ARGV[3]
local after_ms, after_n = parts(ARGV[2])
local found, trimmed = {}, 0
local function before(a, b)
  if a[4] ~= b[4] then return a[4] < b[4] end
  return a[5] < b[5]
end
for i = 5, #ARGV do
  local gone = redis.call('HGET', KEYS[2], ARGV[i])
  if gone then
    local ms, n = parts(gone)
    if ms > after_ms or (ms == after_ms and n > after_n) then trimmed = trimmed + 1 end
  end
  local entries = redis.call('XRANGE', ARGV[1] .. 'room:' .. ARGV[i], '(' .. ARGV[2], through, 'COUNT', count)
  for _, entry in ipairs(entries) do
    local ms, n = parts(entry[1])
    found[#found + 1] = { i - 5, entry[1], entry[2], ms, n }
  end
  if #found >= count and #ARGV > 5 then
    table.sort(found, before)
    for extra = #found, count + 1, -1 do found[extra] = nil end
    if count > 0 then through = found[count][2] end
  end
end
if #ARGV > 5 then table.sort(found, before) end
for _, one in ipairs(found) do one[5] = nil one[4] = nil end
return { redis.call('HGET', KEYS[1], 'origin'), trimmed, found }
)lua";

// Rooms by name. KEYS: rooms, topics. ARGV: 1 how keys begin, 2 from, 3 to, 4 how many.
// Answers name, length, newest id, topic, name, …
constexpr std::string_view kRooms = R"lua(
local answer = {}
for _, room in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])) do
  local info = redis.pcall('XINFO', 'STREAM', ARGV[1] .. 'room:' .. room)
  local length, last = 0, '0-0'
  for i = 1, #info, 2 do
    if info[i] == 'length' then length = info[i + 1] end
    if info[i] == 'last-generated-id' then last = info[i + 1] end
  end
  if last ~= '0-0' then
    answer[#answer + 1] = room
    answer[#answer + 1] = length
    answer[#answer + 1] = last
    answer[#answer + 1] = redis.call('HGET', KEYS[2], room) or ''
  end
end
return answer
)lua";

// Lets go what is older than an id, room by room, some rooms and some entries at a time.
// KEYS: rooms, trimmed. ARGV: 1 how keys begin, 2 the oldest id to stay, 3 after which room, 4 how many
// rooms, 5 how many entries. Answers the room to go on after, or false at the end.
constexpr std::string_view kTrim = R"lua(
local from = '-'
if ARGV[3] ~= '' then from = '(' .. ARGV[3] end
local rooms = redis.call('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0, ARGV[4])
local budget = tonumber(ARGV[5])
local done = ARGV[3]
for _, room in ipairs(rooms) do
  local key = ARGV[1] .. 'room:' .. room
  local old = redis.call('XRANGE', key, '-', '(' .. ARGV[2], 'COUNT', budget + 1)
  if #old > budget then
    if budget > 0 then
      redis.call('HSET', KEYS[2], room, old[budget][1])
      redis.call('XTRIM', key, 'MINID', old[budget + 1][1])
    end
    return done
  end
  if #old > 0 then
    redis.call('HSET', KEYS[2], room, old[#old][1])
    redis.call('XTRIM', key, 'MINID', ARGV[2])
    budget = budget - #old
  end
  done = room
end
if #rooms < tonumber(ARGV[4]) then return false end
return done
)lua";

// Takes out what one author has written, a bounded number of looks at a time.
// KEYS: rooms, topics, log. ARGV: 1 how keys begin, 2 author, 3 the room to go on in or '', 4 and after which
// of its ids, 5 how many entries to look at. Answers { how many } at the end, or { how many, room, id }.
// The log, whose entries are places of cursors, is then cut off behind a new entry without a meaning: who is
// behind it reads the rooms.
constexpr std::string_view kErase = R"lua(
local budget, erased = tonumber(ARGV[5]), 0
local room, after = ARGV[3], ARGV[4]
if room == '' then
  room = redis.call('ZRANGEBYLEX', KEYS[1], '-', '+', 'LIMIT', 0, 1)[1]
  after = '0-0'
end
while room do
  local key = ARGV[1] .. 'room:' .. room
  while true do
    if budget <= 0 then return { erased, room, after } end
    local count = math.min(budget, 500)
    local entries = redis.call('XRANGE', key, '(' .. after, '+', 'COUNT', count)
    local gone = {}
    for _, entry in ipairs(entries) do
      local fields = {}
      for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
      if fields['a'] == ARGV[2] then
        gone[#gone + 1] = entry[1]
        if fields['e'] == '2' and redis.call('HGET', KEYS[2], room) == fields['t'] then
          redis.call('HDEL', KEYS[2], room)
        end
      end
      after = entry[1]
    end
    if #gone > 0 then erased = erased + redis.call('XDEL', key, unpack(gone)) end
    budget = budget - #entries
    if #entries < count then break end
  end
  budget = budget - 1
  room = redis.call('ZRANGEBYLEX', KEYS[1], '(' .. room, '+', 'LIMIT', 0, 1)[1]
  after = '0-0'
end
redis.call('XTRIM', KEYS[3], 'MINID', redis.call('XADD', KEYS[3], '*', 'o', '1'))
return { erased }
)lua";

// Where a cursor stands in the log. KEYS: log. ARGV: the cursor.
// Answers { is there an entry with this id, oldest id, newest id }; the ids are '' in an empty log.
constexpr std::string_view kLook = R"lua(
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return { #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]), first and first[1] or '', last and last[1] or '' }
)lua";

// The end of the log was lost: an entry that says so, with an id after all that anybody has seen.
// KEYS: log, meta. ARGV: 1 the newest id that was seen, 2 the id after it.
// Answers the id of the entry. Whoever finds the mark there does not set another.
constexpr std::string_view kMarkReset = R"lua(
local function after(a, b)
  local a_ms, a_n = string.match(a, '^(%d+)-(%d+)$')
  local b_ms, b_n = string.match(b, '^(%d+)-(%d+)$')
  if a_ms ~= b_ms then return tonumber(a_ms) > tonumber(b_ms) end
  return tonumber(a_n) > tonumber(b_n)
end
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', 1000)) do
  if entry[2][1] == 'x' then return entry[1] end
end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local id
if last and after(last[1], ARGV[1]) then
  id = redis.call('XADD', KEYS[1], '*', 'x', '1')
else
  id = redis.call('XADD', KEYS[1], ARGV[2], 'x', '1')
end
if redis.call('HEXISTS', KEYS[2], 'origin') == 0 then redis.call('HSET', KEYS[2], 'origin', id) end
return id
)lua";

}  // namespace

const RedisScripts& redis_scripts() {
  static const RedisScripts scripts{redis::Script(kOpen),  redis::Script(kPublish),  redis::Script(kRead),
                                    redis::Script(kRooms), redis::Script(kTrim),     redis::Script(kErase),
                                    redis::Script(kLook),  redis::Script(kMarkReset)};
  return scripts;
}

}  // namespace tinychat::journal
