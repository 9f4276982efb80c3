import { defineScript } from '../../commands/define-script.js';
import { FORGET, OPEN } from './parts.js';

/** Reply: tag, how many messages there were. Keeps the pinned one. @internal */
export const CLEAR = defineScript(
  'context.clear',
  `${OPEN}${FORGET}
local refused = forget()
if refused then return refused end
return {ARGV[1], length}`,
);

/**
 * Reply: tag, how many of the two keys there were, the user that it is listed under. Not a plain DEL: a key of another
 * type is not ours to delete.
 *
 * @internal
 */
export const DELETE = defineScript(
  'context.delete',
  `${OPEN}
local gone = redis.pcall('DEL', list, hash)
if type(gone) == 'table' then return gone end
return {ARGV[1], gone, meta[11] or ''}`,
);

/** ARGV: tag, ttlMs. Reply: tag, how many of the two keys there are, the user that it is listed under. @internal */
export const TOUCH = defineScript(
  'context.touch',
  `${OPEN}
local there = redis.pcall('PEXPIRE', hash, ARGV[2])
if type(there) == 'table' then return there end
return {ARGV[1], there + redis.call('PEXPIRE', list, ARGV[2]), meta[11] or ''}`,
);

/** ARGV: tag, ttlMs, the message as an envelope, or empty for none. Reply: tag. @internal */
export const PIN = defineScript(
  'context.pin',
  `${OPEN}
local written
if ARGV[3] == '' then written = redis.pcall('HDEL', hash, 'p') else written = redis.pcall('HSET', hash, 'p', ARGV[3]) end
if type(written) == 'table' then return written end
redis.call('PEXPIRE', hash, ARGV[2])
redis.call('PEXPIRE', list, ARGV[2])
return {ARGV[1]}`,
);

/**
 * ARGV: tag, the sequence below which entries are wanted (0: the newest), how many. Reply: tag, length, entries, cut.
 *
 * Sequences fall by one from entry to entry, so that the place is known but for what a stranger pushed: the rest is
 * found step by step.
 *
 * @internal
 */
export const PAGE = defineScript(
  'context.page',
  `${OPEN}
local function sequence(at)
  local entry = at >= 0 and redis.call('LINDEX', list, at)
  return entry and tonumber(string.match(entry, '^(%d+):')) or nil
end
local below, at = tonumber(ARGV[2]), 0
if below > 0 then
  local newest = tonumber(meta[1]) or sequence(0) or 0
  at = math.min(math.max(newest - below + 1, 0), length)
  while at < length and (sequence(at) or below) >= below do at = at + 1 end
  while at > 0 and (sequence(at - 1) or below) < below do at = at - 1 end
end
return {ARGV[1], length - at, redis.call('LRANGE', list, at, at + ARGV[3] - 1), meta[4] or '0'}`,
);
