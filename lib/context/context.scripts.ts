import { defineScript } from '../commands/define-script.js';

/*
 * ARGV[1] is the tag of the call, and every reply begins with it: a reply that bears another tag is another call's.
 *
 * KEYS[1] is the list, newest first; KEYS[2] the hash beside it:
 *   q  sequence of the newest message      n  length of the list when it was last written
 *   w  1: the list is the whole chat, or its newest part (only a load can know)
 *   c  1: older messages exist, or may, that the list does not hold
 *   l  name of a wait: set by the first read of a cold chat, gone with the next write of any kind
 *   i  digests of the newest message ids, each with a comma behind it
 *
 * The first touch of each key and the first write go through pcall and hand the error on as it is: Redis 6.2 would
 * wrap it in "ERR Error running script", and its kind could not be told. No write follows one that was refused.
 */
const OPEN = `
local list, hash = KEYS[1], KEYS[2]
local meta = redis.pcall('HMGET', hash, 'q', 'n', 'w', 'c', 'l', 'i')
if meta.err then return meta end
local length = redis.pcall('LLEN', list)
if type(length) == 'table' then return length end
local known = tonumber(meta[2]) or 0
`;

/**
 * The sequence to go on from, as `seq`: the hash's or, where that is gone or was damaged, the highest of the newest
 * entries. One that leaves no room for these messages within 15 digits counts as damaged: past it no reader takes the
 * entries, and from 2^53 on they would all get the same. Expects first.
 */
const SEQUENCE = `
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

/** Pushes ARGV[first..] as digest, tokens, json. Expects seq, ids, and leaves stored and duplicates. */
const PUSH = `
local stored, duplicates = 0, 0
for at = first, #ARGV, 3 do
  local digest = ARGV[at]
  if digest ~= '' and string.find(ids, digest .. ',', 1, true) then
    duplicates = duplicates + 1
  else
    local envelope = string.format('%.0f', seq + 1) .. ':' .. ARGV[at + 1] .. ':' .. ARGV[at + 2]
    local pushed = redis.pcall('LPUSH', list, envelope)
    if type(pushed) == 'table' then return pushed end
    seq, stored = seq + 1, stored + 1
    if digest ~= '' then ids = ids .. digest .. ',' end
  end
end
local kept = math.max(window, (#ARGV - first + 1) / 3) * 13
if #ids > kept then ids = string.sub(ids, -kept) end
`;

/**
 * ARGV: tag, cap, ttlMs, ids to remember, 1 where only a whole list may grow, then the messages.
 * Reply: tag, cold, sequence, stored, duplicates, trimmed, length.
 *
 * A list that is shorter than it was left was evicted or cut by a stranger: its ids must not stand in the way of
 * writing the messages again.
 *
 * @internal
 */
export const APPEND = defineScript(
  'context.append',
  `${OPEN}
local cap, window, first = tonumber(ARGV[2]), tonumber(ARGV[4]), 6
local lost = length < known
if ARGV[5] == '1' and (lost or meta[3] ~= '1') then
  local gone = redis.pcall('DEL', list, hash)
  if type(gone) == 'table' then return gone end
  return {ARGV[1], 1, 0, 0, 0, 0, 0}
end
${SEQUENCE}
local ids = (not lost and meta[6]) or ''
${PUSH}
length = length + stored
local trimmed = math.max(0, length - cap)
if trimmed > 0 then
  redis.call('LTRIM', list, 0, cap - 1)
  length = cap
end
local cut = (trimmed > 0 or lost or meta[4] == '1') and '1' or '0'
redis.call('HSET', hash, 'q', string.format('%.0f', seq), 'n', length, 'c', cut, 'i', ids)
if meta[5] then redis.call('HDEL', hash, 'l') end
if lost then redis.call('HDEL', hash, 'w') end
redis.call('PEXPIRE', list, ARGV[3])
redis.call('PEXPIRE', hash, ARGV[3])
return {ARGV[1], 0, seq, stored, duplicates, trimmed, length}`,
);

/**
 * ARGV: tag, how many entries, how many the caller needs, a name for a wait (empty: there is no loader), its
 * milliseconds, 1 to call the chat cold whatever is there.
 * Reply: tag, then 1 and the entries where the list answers, else 0 and the name of the wait to seed by.
 *
 * It writes only for a cold chat with a loader, and a server that refuses that write (a replica, memory full) gives the
 * load without a seed.
 *
 * @internal
 */
export const READ = defineScript(
  'context.read',
  `${OPEN}
local need, wait = tonumber(ARGV[3]), ARGV[4]
local answers = length > 0 or meta[3] == '1'
if wait ~= '' then
  answers = ARGV[6] ~= '1' and meta[3] == '1' and length >= known and (meta[4] ~= '1' or length >= need)
end
if answers then return {ARGV[1], 1, '', length, redis.call('LRANGE', list, 0, ARGV[2] - 1)} end
if wait == '' then return {ARGV[1], 0, '', 0, {}} end
if not meta[5] then
  local named = redis.pcall('HSET', hash, 'l', wait)
  if type(named) == 'table' then return {ARGV[1], 0, '', 0, {}} end
end
if meta[3] ~= '1' then redis.call('PEXPIRE', hash, ARGV[5]) end
return {ARGV[1], 0, meta[5] or wait, 0, {}}`,
);

/**
 * ARGV: tag, cap, ttlMs, ids to remember, name of the wait, then the messages. Reply: tag, then 1 where the chat is now
 * whole, 0 where the wait has ended: a message was appended meanwhile that the load may not have seen, or another seed
 * came first.
 *
 * The hash is written first: it is the write that a full server refuses, and nothing has been deleted then.
 *
 * @internal
 */
export const SEED = defineScript(
  'context.seed',
  `${OPEN}
if meta[5] ~= ARGV[5] then return {ARGV[1], 0} end
local cap, window, first = tonumber(ARGV[2]), tonumber(ARGV[4]), 6
${SEQUENCE}
local ids = ''
local opened = redis.pcall('HSET', hash, 'w', '1')
if type(opened) == 'table' then return opened end
redis.call('DEL', list)
redis.call('HDEL', hash, 'l')
${PUSH}
local cut = stored >= cap and '1' or '0'
redis.call('HSET', hash, 'q', string.format('%.0f', seq), 'n', stored, 'c', cut, 'i', ids)
redis.call('PEXPIRE', list, ARGV[3])
redis.call('PEXPIRE', hash, ARGV[3])
return {ARGV[1], 1}`,
);

/** Reply: tag, how many of the two keys there were. Not a plain DEL: a key of another type is not ours to delete. @internal */
export const CLEAR = defineScript(
  'context.clear',
  `${OPEN}
local gone = redis.pcall('DEL', list, hash)
if type(gone) == 'table' then return gone end
return {ARGV[1], gone}`,
);
