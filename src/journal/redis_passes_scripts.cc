// The scripts about tokens, links, blocked addresses, and what is noted of those who act on them.
//
// access:HASH is a hash of a token: id, name, scopes, rooms (a line each), created, expires, used.
// access-names is a hash from names to the hashes of their tokens. links is a hash by role of the hash, when
// it expires, how often it can still be used, and the code, with blanks between them. blocks is a hash from
// addresses to id and time. revocations is a stream of who has lost a right, `h`, and is kept short. audit is
// a stream of what was done, see redis_audit.cc.
#include "journal/redis_scripts.h"

namespace tinychat::journal {
namespace {

// KEYS: token, names. ARGV: 1 hash, 2 how many there can be, 3 id, 4 name, 5 scopes, 6 rooms, 7 created,
// 8 expires. Answers 'full' or 'taken' where it cannot be.
constexpr std::string_view kAddToken = R"lua(
if redis.call('HEXISTS', KEYS[2], ARGV[4]) == 1 then return 'taken' end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[2]) then return 'full' end
redis.call('HSET', KEYS[1], 'id', ARGV[3], 'name', ARGV[4], 'scopes', ARGV[5], 'rooms', ARGV[6],
           'created', ARGV[7], 'expires', ARGV[8], 'used', '0')
redis.call('HSET', KEYS[2], ARGV[4], ARGV[1])
return 'added'
)lua";

// KEYS: token. ARGV: 1 now, 2 milliseconds that the last use may lag. Answers { id, name, scopes, rooms,
// created, expires, used }, or nothing.
constexpr std::string_view kFindToken = R"lua(
local token = redis.call('HMGET', KEYS[1], 'id', 'name', 'scopes', 'rooms', 'created', 'expires', 'used')
if not token[1] then return false end
local expires = tonumber(token[6])
if expires > 0 and expires <= tonumber(ARGV[1]) then return false end
if tonumber(ARGV[1]) > tonumber(token[7]) + tonumber(ARGV[2]) then
  redis.pcall('HSET', KEYS[1], 'used', ARGV[1])
  token[7] = ARGV[1]
end
return token
)lua";

// KEYS: names. ARGV: how keys begin. Answers tokens as kFindToken does one, in no order.
constexpr std::string_view kTokens = R"lua(
local answer = {}
for _, hash in ipairs(redis.call('HVALS', KEYS[1])) do
  local token = redis.call('HMGET', ARGV[1] .. 'access:' .. hash,
                           'id', 'name', 'scopes', 'rooms', 'created', 'expires', 'used')
  if token[1] then answer[#answer + 1] = token end
end
return answer
)lua";

// KEYS: names, revocations. ARGV: 1 how keys begin, 2 name, 3 how holders of tokens begin, 4 how many
// revocations to keep. Answers whether there was one.
constexpr std::string_view kRevokeToken = R"lua(
local hash = redis.call('HGET', KEYS[1], ARGV[2])
if not hash then return 0 end
local token = ARGV[1] .. 'access:' .. hash
local id = redis.call('HGET', token, 'id')
redis.call('DEL', token)
redis.call('HDEL', KEYS[1], ARGV[2])
if id then redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'h', ARGV[3] .. id) end
return 1
)lua";

// KEYS: links. ARGV: 1 hash, 2 now. Answers the role, or nothing.
constexpr std::string_view kUseLink = R"lua(
local links = redis.call('HGETALL', KEYS[1])
for i = 1, #links, 2 do
  local hash, expires, left, code = string.match(links[i + 1], '^(%S+) (%d+) (-?%d+) (.*)$')
  if hash == ARGV[1] then
    if left == '0' then return false end
    if tonumber(expires) > 0 and tonumber(expires) <= tonumber(ARGV[2]) then return false end
    if tonumber(left) > 0 then
      left = string.format('%.0f', tonumber(left) - 1)
      redis.call('HSET', KEYS[1], links[i], hash .. ' ' .. expires .. ' ' .. left .. ' ' .. code)
    end
    return links[i]
  end
end
return false
)lua";

// KEYS: blocks. ARGV: 1 address, 2 what to keep of it, 3 how many there can be. Answers 'full' or 'taken'
// where it cannot be.
constexpr std::string_view kBlock = R"lua(
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 'taken' end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 'added'
)lua";

// KEYS: audit. ARGV: 1 how many entries to keep, 2… the fields of one.
constexpr std::string_view kNote = R"lua(
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', unpack(ARGV, 2))
return 1
)lua";

}  // namespace

const RedisPassesScripts& redis_passes_scripts() {
  static const RedisPassesScripts scripts{
      OnceScript(kAddToken), redis::Script(kFindToken), redis::Script(kTokens), OnceScript(kRevokeToken),
      OnceScript(kUseLink),  OnceScript(kBlock),        OnceScript(kNote)};
  return scripts;
}

}  // namespace tinychat::journal
