import { defineScript } from '../../commands/define-script.js';

/*
 * KEYS[1] is a sorted set: the chats of a user or a tenant, scored by the milliseconds of their last use, by the server's
 * clock. One whose last use is longer ago than the chats' TTL is gone itself.
 */
const CLOCK = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
`;

/** ARGV: tag, the chat, ttlMs, the most chats listed. Reply: tag. Makes room before it writes. @internal */
export const LIST = defineScript(
  'context.list',
  `${CLOCK}
local pruned = redis.pcall('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
if type(pruned) == 'table' then return pruned end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -ARGV[4])
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {ARGV[1]}`,
);

/** ARGV: tag, the chat. Reply: tag. @internal */
export const UNLIST = defineScript(
  'context.unlist',
  `
local gone = redis.pcall('ZREM', KEYS[1], ARGV[2])
if type(gone) == 'table' then return gone end
return {ARGV[1]}`,
);

/** ARGV: tag, ttlMs, last used before (0: now), the most wanted. Reply: tag, chats and their scores by turns. @internal */
export const CHATS = defineScript(
  'context.chats',
  `${CLOCK}
local newest = tonumber(ARGV[3]) > 0 and '(' .. ARGV[3] or '+inf'
local oldest = string.format('%.0f', now - ARGV[2])
local listed = redis.pcall('ZREVRANGEBYSCORE', KEYS[1], newest, oldest, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
if listed.err then return listed end
return {ARGV[1], listed}`,
);
