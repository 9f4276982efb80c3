import { defineScript } from '../../commands/define-script.js';
import { FORGET, OPEN, PUSH, SEQUENCE, TRIM } from './parts.js';

/**
 * ARGV: tag, cap, ttlMs, ids to remember, cap of tokens (0: none), 1 where only a whole list may grow, the user to list
 * it under (empty: as it was), then the messages.
 * Reply: tag, cold, sequence, stored, duplicates, trimmed, length.
 *
 * A list that is shorter than it was left was evicted or cut by a stranger: its ids must not stand in the way of
 * writing the messages again.
 *
 * @internal
 */
export const APPEND = defineScript(
  'context.append',
  `${OPEN}${FORGET}
local cap, window, maxTokens, first = tonumber(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[5]), 8
local lost = length < known
if ARGV[6] == '1' and (lost or meta[3] ~= '1') then
  local refused = forget()
  if refused then return refused end
  return {ARGV[1], 1, 0, 0, 0, 0, 0}
end
${SEQUENCE}
local ids = (not lost and meta[6]) or ''
${PUSH}
length = length + stored
local total = not lost and tonumber(meta[7]) or nil
if known == 0 and length == stored then total = 0 end
if total then total = total + added end
${TRIM}
local cut = (meta[4] == '1' or meta[4] == 't') and meta[4] or '0'
if lost or trimmed > 0 then cut = '1' end
if full then cut = 't' end
redis.call('HSET', hash, 'q', string.format('%.0f', seq), 'n', length, 'c', cut, 'i', ids)
if not meta[9] then redis.call('HSET', hash, 'g', ARGV[1]) end
if ARGV[7] ~= '' then redis.call('HSET', hash, 'u', ARGV[7]) end
if meta[5] then redis.call('HDEL', hash, 'l', 'x') end
if lost then redis.call('HDEL', hash, 'w') end
redis.call('PEXPIRE', list, ARGV[3])
redis.call('PEXPIRE', hash, ARGV[3])
return {ARGV[1], 0, seq, stored, duplicates, trimmed, length}`,
);
