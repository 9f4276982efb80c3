import { defineScript } from '../../commands/define-script.js';
import { OPEN } from './parts.js';

/**
 * ARGV: tag, how many entries, how many the caller needs, a name for a wait (empty: there is no loader), its
 * milliseconds, 1 to call the chat cold whatever is there, tokens wanted at most (0: no matter), milliseconds that who
 * makes the wait is given to load alone.
 * Reply: tag, then 1 and the entries where the list answers, else 0, the name of the wait to seed by, and how many
 * milliseconds another process is still given to load; then the pinned message and the name of what the list holds.
 *
 * It writes only for a cold chat with a loader, and a server that refuses that write (a replica, memory full) gives the
 * load without a seed.
 *
 * @internal
 */
export const READ = defineScript(
  'context.read',
  `${OPEN}
local need, wait, budget = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[7])
local pinned, state = meta[8] or '', meta[9] or ''
local answers = length > 0 or meta[3] == '1' or meta[8]
if wait ~= '' then
  answers = ARGV[6] ~= '1' and meta[3] == '1' and length >= known
end
local entries, spent = {}, false
if answers and budget > 0 then
  local sum, at, step = 0, 0, 32
  local count = math.min(tonumber(ARGV[2]), length)
  while at < count and not spent do
    for _, entry in ipairs(redis.call('LRANGE', list, at, math.min(at + step, count) - 1)) do
      sum = sum + weight(entry)
      spent = sum > budget
      if spent then break end
      entries[#entries + 1] = entry
    end
    at, step = at + step, step * 2
  end
elseif answers then
  entries = redis.call('LRANGE', list, 0, ARGV[2] - 1)
end
if answers then
  if wait == '' or spent or meta[4] ~= '1' or length >= need then
    return {ARGV[1], 1, '', length, entries, pinned, state}
  end
end
if wait == '' then return {ARGV[1], 0, '', 0, {}, pinned, state} end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local left = meta[5] and (tonumber(meta[10]) or 0) - now or 0
if left > 0 and meta[5] ~= wait then return {ARGV[1], 0, meta[5], left, {}, pinned, state} end
local named = redis.pcall('HSET', hash, 'l', meta[5] or wait, 'x', string.format('%.0f', now + ARGV[8]))
if type(named) == 'table' then return {ARGV[1], 0, '', 0, {}, pinned, state} end
if meta[3] ~= '1' and not meta[8] then redis.call('PEXPIRE', hash, ARGV[5]) end
return {ARGV[1], 0, meta[5] or wait, 0, {}, pinned, state}`,
);
