import { defineScript } from '../commands/define-script.js';

/*
 * A hash: encoded id to version and expiry of the newest change that a shared tier missed. As with the sessions, every
 * reply ends with the tag of its request, which is the first argument.
 */

/** Notes a change, unless a newer one is noted. @internal */
export const PENDING_ADD_SCRIPT = defineScript(
  'session.pending.add',
  `
local held = redis.pcall('HGET', KEYS[1], ARGV[2])
if type(held) == 'table' and held.err then return held end
if not held or held < ARGV[3] then
  local written = redis.pcall('HSET', KEYS[1], ARGV[2], ARGV[3])
  if type(written) == 'table' and written.err then return written end
end
return {ARGV[1]}
`,
);

/** Replies a cursor and a page of ids and notes. @internal */
export const PENDING_LIST_SCRIPT = defineScript(
  'session.pending.list',
  `
local page = redis.pcall('HSCAN', KEYS[1], ARGV[2], 'COUNT', ARGV[3])
if page.err then return page end
return {page[1], page[2], ARGV[1]}
`,
);

/** Removes notes that are still what they were. @internal */
export const PENDING_DONE_SCRIPT = defineScript(
  'session.pending.done',
  `
for at = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[at]) == ARGV[at + 1] then redis.call('HDEL', KEYS[1], ARGV[at]) end
end
return {ARGV[1]}
`,
);
