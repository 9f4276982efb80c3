/*
 * ARGV[1] is the tag of the call, and every reply begins with it: a reply that bears another tag is another call's.
 *
 * KEYS[1] is the list, newest first; KEYS[2] the hash beside it:
 *   q  sequence of the newest message      n  length of the list when it was last written
 *   w  1: the list is the whole chat, or its newest part (only a load can know)
 *   c  1: older messages exist, or may, that the list does not hold; t: the same, and the cap of tokens has no room for them
 *   l  name of a wait: set by the first read of a cold chat, gone with the next write of any kind
 *   x  until when, by the server's clock, the process that made the wait is given to load alone
 *   i  digests of the newest message ids, each with a comma behind it
 *   t  tokens of the list, where there is a cap of them
 *   p  the pinned message, as an envelope
 *   g  a name for what the list holds: another after each write that is not an append
 *   u  the user under whom the chat is listed, encoded
 */

/**
 * The first touch of each key and the first write go through pcall and hand the error on as it is: Redis 6.2 would
 * wrap it in "ERR Error running script", and its kind could not be told. No write follows one that was refused.
 *
 * @internal
 */
export const OPEN = `
local list, hash = KEYS[1], KEYS[2]
local meta = redis.pcall('HMGET', hash, 'q', 'n', 'w', 'c', 'l', 'i', 't', 'p', 'g', 'x', 'u')
if meta.err then return meta end
local length = redis.pcall('LLEN', list)
if type(length) == 'table' then return length end
local known = tonumber(meta[2]) or 0
local function weight(entry)
  return tonumber(string.match(entry, '^%d+:(%d+):')) or 0
end
`;

/**
 * The sequence to go on from, as `seq`: the hash's or, where that is gone or was damaged, the highest of the newest
 * entries. One that leaves no room for these messages within 15 digits counts as damaged: past it no reader takes the
 * entries, and from 2^53 on they would all get the same. Expects first.
 *
 * @internal
 */
export const SEQUENCE = `
local function sound(text)
  if not text or #text > 15 or not string.find(text, '^%d+$') then return nil end
  local number = tonumber(text)
  if number + (#ARGV - first + 1) / 3 > 999999999999999 then return nil end
  return number
end
local seq = sound(meta[1])
if not seq then
  seq = 0
  for at = 0, 15 do
    local entry = redis.call('LINDEX', list, at)
    if not entry then break end
    seq = math.max(seq, sound(string.match(entry, '^(%d+):%d+:')) or 0)
  end
end
`;

/** Pushes ARGV[first..] as digest, tokens, json. Expects seq, ids, and leaves stored, duplicates and added tokens. @internal */
export const PUSH = `
local stored, duplicates, added = 0, 0, 0
for at = first, #ARGV, 3 do
  local digest = ARGV[at]
  if digest ~= '' and string.find(ids, digest .. ',', 1, true) then
    duplicates = duplicates + 1
  else
    local envelope = string.format('%.0f', seq + 1) .. ':' .. ARGV[at + 1] .. ':' .. ARGV[at + 2]
    local pushed = redis.pcall('LPUSH', list, envelope)
    if type(pushed) == 'table' then return pushed end
    seq, stored, added = seq + 1, stored + 1, added + tonumber(ARGV[at + 1])
    if digest ~= '' then ids = ids .. digest .. ',' end
  end
end
local kept = math.max(window, (#ARGV - first + 1) / 3) * 13
if #ids > kept then ids = string.sub(ids, -kept) end
`;

/**
 * Trims to the caps. Expects length with what was pushed, cap, maxTokens, and total: the tokens before trimming, nil
 * where they have to be counted. Leaves trimmed, and full: whether the cap of tokens pushed something out. The newest
 * entry stays whatever it weighs.
 *
 * @internal
 */
export const TRIM = `
local trimmed, full = math.max(0, length - cap), false
if maxTokens > 0 and total then
  if trimmed > 0 then
    for _, entry in ipairs(redis.call('LRANGE', list, cap, -1)) do total = total - weight(entry) end
  end
elseif maxTokens > 0 then
  total = 0
  for _, entry in ipairs(redis.call('LRANGE', list, 0, cap - 1)) do total = total + weight(entry) end
end
if trimmed > 0 then
  redis.call('LTRIM', list, 0, cap - 1)
  length = cap
end
while maxTokens > 0 and total > maxTokens and length > 1 do
  total = total - weight(redis.call('RPOP', list))
  trimmed, length, full = trimmed + 1, length - 1, true
end
if maxTokens > 0 then redis.call('HSET', hash, 't', string.format('%.0f', total)) end
if maxTokens == 0 and meta[7] then redis.call('HDEL', hash, 't') end
`;

/** Drops the messages, and not the pinned one, which only its pinning can bring back. Gives the error, if any. @internal */
export const FORGET = `
local function forget()
  local left = redis.call('PTTL', hash)
  local gone = redis.pcall('DEL', list, hash)
  if type(gone) == 'table' then return gone end
  if meta[8] and left > 0 then
    redis.call('HSET', hash, 'p', meta[8])
    redis.call('PEXPIRE', hash, left)
  end
  return nil
end
`;
