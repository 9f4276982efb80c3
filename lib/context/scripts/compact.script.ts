import { defineScript } from '../../commands/define-script.js';
import { OPEN, TRIM } from './parts.js';

/**
 * ARGV: tag, the name of what the list held, sequence and SHA-1 of the newest entry to replace, cap, cap of tokens,
 * ttlMs, then envelopes of what takes their place, newest first.
 * Reply: tag, then how many were replaced, 0 where the list is another by now, and its length.
 *
 * What is older than the newest to replace was replaced too, or trimmed meanwhile; what is newer stays. Nothing older is
 * wanted from a loader from here on: the summary stands for it.
 *
 * @internal
 */
export const COMPACT = defineScript(
  'context.compact',
  `${OPEN}
if (meta[9] or '') ~= ARGV[2] then return {ARGV[1], 0, length} end
local at
for place, entry in ipairs(redis.call('LRANGE', list, 0, -1)) do
  if string.match(entry, '^(%d+):') == ARGV[3] and redis.sha1hex(entry) == ARGV[4] then
    at = place - 1
    break
  end
end
if not at then return {ARGV[1], 0, length} end
local replaced, cap, maxTokens, total = length - at, tonumber(ARGV[5]), tonumber(ARGV[6]), nil
local named = redis.pcall('HSET', hash, 'g', ARGV[1], 'c', '0')
if type(named) == 'table' then return named end
if at == 0 then redis.call('DEL', list) else redis.call('LTRIM', list, 0, at - 1) end
for place = 8, #ARGV do redis.call('RPUSH', list, ARGV[place]) end
length = at + #ARGV - 7
${TRIM}
redis.call('HSET', hash, 'n', length)
redis.call('PEXPIRE', list, ARGV[7])
redis.call('PEXPIRE', hash, ARGV[7])
return {ARGV[1], replaced, length}`,
);
