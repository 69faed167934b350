// The scripts about users, their sessions and the rooms they have opened.
//
// user:ID is a hash of name, created, role (of all but guests), and how many sessions and memberships there
// ever were, which gives each its place in their order. token:HASH is a hash of a session: user, session (its
// id), created, seen, agent; it expires. sessions:ID is a hash by session id of its place, a space, and the
// hash of its token. memberships:ID is a hash by room of its place, where it was read to, and what is
// notified, with spaces between them.
#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

// KEYS: user, token, sessions, standings. ARGV: 1 user id, 2 name, 3 created, 4 session id, 5 created, 6
// seen, 7 agent, 8 hash, 9 milliseconds of a session, 10 role.
constexpr std::string_view kAdd = R"lua(
redis.call('HSET', KEYS[1], 'name', ARGV[2], 'created', ARGV[3])
redis.call('HSET', KEYS[2], 'user', ARGV[1], 'session', ARGV[4], 'created', ARGV[5], 'seen', ARGV[6], 'agent', ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[9])
if ARGV[10] ~= '1' then
  redis.call('HSET', KEYS[1], 'role', ARGV[10])
  redis.call('SADD', KEYS[4], ARGV[1])
end
redis.call('HSET', KEYS[3], ARGV[4], redis.call('HINCRBY', KEYS[1], 'sessions', 1) .. ' ' .. ARGV[8])
return 1
)lua";

// KEYS: token. ARGV: 1 how keys begin, 2 now, 3 milliseconds that seen may lag, 4 milliseconds of a session.
// Answers { user id, name, created, session id, role }, or nothing. A visitor is welcome also where it cannot
// be written down that they were here.
constexpr std::string_view kVisit = R"lua(
local session = redis.call('HMGET', KEYS[1], 'user', 'session', 'seen')
if not session[1] then return false end
local user = redis.call('HMGET', ARGV[1] .. 'user:' .. session[1], 'name', 'created', 'role')
if not user[1] then return false end
if tonumber(ARGV[2]) > tonumber(session[3]) + tonumber(ARGV[3]) then
  redis.pcall('HSET', KEYS[1], 'seen', ARGV[2])
  redis.pcall('PEXPIRE', KEYS[1], ARGV[4])
end
return { session[1], user[1], user[2], session[2], user[3] or '1' }
)lua";

// KEYS: user. ARGV: name. Answers { created, role }, or nothing.
constexpr std::string_view kRename = R"lua(
local created = redis.call('HGET', KEYS[1], 'created')
if not created then return false end
redis.call('HSET', KEYS[1], 'name', ARGV[1])
return { created, redis.call('HGET', KEYS[1], 'role') or '1' }
)lua";

// KEYS: user, standings. ARGV: 1 user id, 2 role, 3 that of owners, 4 how keys begin. Answers { name,
// created }, or nothing; 'last' where there would be no owner any more.
constexpr std::string_view kSetRole = R"lua(
local user = redis.call('HMGET', KEYS[1], 'name', 'created', 'role')
if not user[1] then return false end
if ARGV[5] == '1' and user[3] and (user[3] == '0' or tonumber(user[3]) >= tonumber(ARGV[2])) then return user end
if user[3] == ARGV[3] and ARGV[2] ~= ARGV[3] then
  local others = 0
  for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    if id ~= ARGV[1] and redis.call('HGET', ARGV[4] .. 'user:' .. id, 'role') == ARGV[3] then
      others = others + 1
    end
  end
  if others == 0 then return 'last' end
end
redis.call('HSET', KEYS[1], 'role', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
user[3] = ARGV[2]
return user
)lua";

// KEYS: standings. ARGV: how keys begin. Answers { { user id, name, created, role }, … }, in no order.
constexpr std::string_view kStandings = R"lua(
local answer = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local user = redis.call('HMGET', ARGV[1] .. 'user:' .. id, 'name', 'created', 'role')
  if user[1] and user[3] ~= '1' then answer[#answer + 1] = { id, user[1], user[2], user[3] } end
end
return answer
)lua";

// KEYS: sessions. ARGV: how keys begin. Answers { { place, id, created, seen, agent }, … }, in no order, and
// forgets those that have expired.
constexpr std::string_view kSessions = R"lua(
local answer = {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local place, hash = string.match(fields[i + 1], '^(%d+) (.*)$')
  local session = redis.call('HMGET', ARGV[1] .. 'token:' .. hash, 'created', 'seen', 'agent')
  if session[1] then
    answer[#answer + 1] = { place, fields[i], session[1], session[2], session[3] }
  else
    redis.pcall('HDEL', KEYS[1], fields[i])
  end
end
return answer
)lua";

// KEYS: sessions. ARGV: 1 how keys begin, 2 session id. Answers whether there was one.
constexpr std::string_view kEndSession = R"lua(
local hash = string.match(redis.call('HGET', KEYS[1], ARGV[2]) or '', '^%d+ (.*)$')
if not hash then return 0 end
redis.call('HDEL', KEYS[1], ARGV[2])
return redis.call('DEL', ARGV[1] .. 'token:' .. hash)
)lua";

// KEYS: user, memberships. ARGV: 1 room, 2 read to at first, 3 read to or '', 4 what is notified or '',
// 5 how many rooms there can be, 6 what is notified at first.
// Answers { read to, what is notified }; 'nobody' or 'full' where it cannot be. What was read stays read.
constexpr std::string_view kChange = R"lua(
local function after(a, b)
  local a_ms, a_n = string.match(a, '^(%d+)-(%d+)$')
  local b_ms, b_n = string.match(b, '^(%d+)-(%d+)$')
  if a_ms == b_ms then a_ms, b_ms = a_n, b_n end
  -- Numbers of up to 20 digits, too long for Lua's.
  return #a_ms > #b_ms or (#a_ms == #b_ms and a_ms > b_ms)
end
if redis.call('EXISTS', KEYS[1]) == 0 then return 'nobody' end
local was = redis.call('HGET', KEYS[2], ARGV[1])
local place, read, notified
if was then
  place, read, notified = string.match(was, '^(%d+) (%S+) (%d+)$')
else
  if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[5]) then return 'full' end
  place, read, notified = redis.call('HINCRBY', KEYS[1], 'memberships', 1), ARGV[2], ARGV[6]
end
if ARGV[3] ~= '' and after(ARGV[3], read) then read = ARGV[3] end
if ARGV[4] ~= '' then notified = ARGV[4] end
redis.call('HSET', KEYS[2], ARGV[1], place .. ' ' .. read .. ' ' .. notified)
return { read, notified }
)lua";

}  // namespace

const RedisPeopleScripts& redis_people_scripts() {
  static const RedisPeopleScripts scripts{
      redis::Script(kAdd),     redis::Script(kVisit),  redis::Script(kRename),  redis::Script(kSessions),
      OnceScript(kEndSession), redis::Script(kChange), redis::Script(kSetRole), redis::Script(kStandings)};
  return scripts;
}

}  // namespace tinychat::journal
