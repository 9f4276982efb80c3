import { defineScript } from '../commands/define-script.js';

/*
 * The key's own time to live is what ends a session; the expiry in the text is for copies. The rules are those of
 * joinEntries. What is stored in another form, for another id, or with a version past the latest that is
 * believed, counts as nothing.
 *
 * Every reply ends with the tag of its request: the one proof that it is not the reply to somebody else's, when replies
 * are out of step.
 *
 * Errors of the commands are returned, not raised: raised ones lose their prefix (OOM, MISCONF) on Redis 6.2.
 */
const READ_CURRENT = `
local function failed(reply) return type(reply) == 'table' and reply.err end
local function told(status, text) return {status, text, ARGV[7]} end
local function version(text) return string.find(text, '^[0-7][0-9a-f]+$') and text end
local current = redis.pcall('GETRANGE', KEYS[1], 0, 77)
if failed(current) then return current end
local v, w, x, live
if #current >= 77 and string.find(current, '^s1') and string.find(current, '^%d+', 51) and string.sub(current, 66, 77) == ARGV[5] then
  v, w, x, live = version(string.sub(current, 3, 26)), version(string.sub(current, 27, 50)), string.sub(current, 51, 65), #current > 77
  if not v or not w or v > ARGV[6] or w > ARGV[6] then v = nil end
end
local left = redis.call('PTTL', KEYS[1])
local own, ownExpiry, expiresAt, ttl = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local function extend()
  if left < 0 or ttl <= left then return nil end
  local kept = redis.pcall('PEXPIRE', KEYS[1], ttl)
  return failed(kept) and kept or nil
end
`;

/** Joins a live entry. Replies status and version: `applied`, `stale` (newer is stored), `gone` (destroyed). @internal */
export const PUT_SCRIPT = defineScript(
  'session.set',
  `${READ_CURRENT}
if v and not live then return extend() or told('gone', v) end
if v and own <= v then
  if own == v or ownExpiry > v then
    local refused = extend()
    if refused then return refused end
    local nextW = ownExpiry > w and ownExpiry or w
    local nextX = ttl > left and expiresAt or x
    if nextW ~= w or nextX ~= x then
      local written = redis.pcall('SETRANGE', KEYS[1], 26, nextW .. nextX)
      if failed(written) then return written end
    end
  end
  return told(own == v and 'applied' or 'stale', v)
end
if v and w > own then
  if left > ttl then ttl, expiresAt = left, x end
  if w > ownExpiry then ownExpiry = w end
end
local written = redis.pcall('SET', KEYS[1], 's1' .. own .. ownExpiry .. expiresAt .. ARGV[5] .. ARGV[8], 'PX', ttl)
if failed(written) then return written end
return told('applied', own)
`,
);

/** As {@link PUT_SCRIPT}, provided that this version is stored, and lives; else replies `conflict`. @internal */
export const PUT_IF_SCRIPT = defineScript(
  'session.update',
  `${READ_CURRENT}
if not v then return told('conflict', '') end
if not live then return told('gone', v) end
if v ~= ARGV[8] then return told('conflict', v) end
if w > own then
  if left > ttl then ttl, expiresAt = left, x end
  if w > ownExpiry then ownExpiry = w end
end
local written = redis.pcall('SET', KEYS[1], 's1' .. own .. ownExpiry .. expiresAt .. ARGV[5] .. ARGV[9], 'PX', ttl)
if failed(written) then return written end
return told('applied', own)
`,
);

/**
 * Leaves a tombstone that outlives everything promised. What is stored goes first: that is allowed when the server is out
 * of memory, and then so is the rest.
 *
 * @internal
 */
export const DESTROY_SCRIPT = defineScript(
  'session.destroy',
  `${READ_CURRENT}
local cleared = redis.pcall('DEL', KEYS[1])
if failed(cleared) then return cleared end
if v and v > own then own = v end
if v and w > ownExpiry then ownExpiry = w end
local written = redis.pcall('SET', KEYS[1], 's1' .. own .. ownExpiry .. expiresAt .. ARGV[5], 'PX', math.max(ttl, left))
if failed(written) then return written end
return told('applied', own)
`,
);

/** Lengthens the life of a live session. Replies `applied`, `missing`, `gone` or `stale`, and the version. @internal */
export const TOUCH_SCRIPT = defineScript(
  'session.touch',
  `${READ_CURRENT}
if not v then return told('missing', '') end
if not live then return told('gone', v) end
if own <= v then return told('stale', v) end
if left >= 0 and ttl > left then
  local refused = extend()
  if refused then return refused end
  redis.call('SETRANGE', KEYS[1], 26, (own > w and own or w) .. expiresAt)
end
return told('applied', v)
`,
);

/** Replies the stored text, or nothing: GET, with a reply that proves to be its own. @internal */
export const FIND_SCRIPT = defineScript(
  'session.get',
  `
local text = redis.pcall('GET', KEYS[1])
if type(text) == 'table' then return text end
return {text, ARGV[1]}
`,
);
