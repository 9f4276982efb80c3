import { defineScript } from '../../commands/define-script.js';
import { OPEN, PUSH, SEQUENCE, TRIM } from './parts.js';

/**
 * ARGV: tag, cap, ttlMs, ids to remember, cap of tokens (0: none), name of the wait, the pinned message as an envelope
 * (empty: as it was), then the messages. Reply: tag, then 1 where the chat is now whole, 0 where the wait has ended: a
 * message was appended meanwhile that the load may not have seen, or another seed came first.
 *
 * The hash is written first: it is the write that a full server refuses, and nothing has been deleted then.
 *
 * @internal
 */
export const SEED = defineScript(
  'context.seed',
  `${OPEN}
if meta[5] ~= ARGV[6] then return {ARGV[1], 0} end
local cap, window, maxTokens, first = tonumber(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[5]), 8
${SEQUENCE}
local ids = ''
local opened = redis.pcall('HSET', hash, 'w', '1', 'g', ARGV[1])
if type(opened) == 'table' then return opened end
redis.call('DEL', list)
redis.call('HDEL', hash, 'l', 'x')
${PUSH}
length = stored
local total = added
${TRIM}
local cut = (full and 't') or (stored >= cap and '1') or '0'
redis.call('HSET', hash, 'q', string.format('%.0f', seq), 'n', length, 'c', cut, 'i', ids)
if ARGV[7] ~= '' then redis.call('HSET', hash, 'p', ARGV[7]) end
redis.call('PEXPIRE', list, ARGV[3])
redis.call('PEXPIRE', hash, ARGV[3])
return {ARGV[1], 1}`,
);

/**
 * ARGV: tag, name of a wait. Ends the time that its maker is given to load alone: the load failed. Reply: tag.
 *
 * @internal
 */
export const RELEASE = defineScript(
  'context.release',
  `${OPEN}
if meta[5] == ARGV[2] then redis.call('HDEL', hash, 'x') end
return {ARGV[1]}`,
);
