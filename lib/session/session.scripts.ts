import { defineScript } from '../commands/define-script.js';

/*
 * A session is a hash: `v` version, `d` data, `w` version of the expiry, `x` expiry (ms since 1970, for copies). The key's
 * own time to live is what ends it. A tombstone is a hash with `v` and without `d`. The rules are those of joinEntries.
 *
 * Errors of the commands are returned, not raised: raised ones lose their prefix (OOM, MISCONF) on Redis 6.2.
 */
const READ_CURRENT = `
local function failed(reply) return type(reply) == 'table' and reply.err end
local function version(text)
  return text and #text == 24 and string.find(text, '^[0-7][0-9a-f]+$') and text
end
local current = redis.pcall('HMGET', KEYS[1], 'v', 'd', 'w')
if failed(current) then return current end
local v, d, w = version(current[1]), current[2], version(current[3])
w = w or v
local left = redis.call('PTTL', KEYS[1])
local own, ownExpiry, expiresAt, ttl = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
`;

/** Joins a live entry. Replies status and version: `applied`, `stale` (newer is stored), `gone` (destroyed). @internal */
export const PUT_SCRIPT = defineScript(
  'session.set',
  `${READ_CURRENT}
if v and not d then
  if left >= 0 and ttl > left then
    local kept = redis.pcall('PEXPIRE', KEYS[1], ttl)
    if failed(kept) then return kept end
  end
  return {'gone', v}
end
if v and own <= v then
  if own == v or ownExpiry > v then
    if left >= 0 and ttl > left then
      local kept = redis.pcall('PEXPIRE', KEYS[1], ttl)
      if failed(kept) then return kept end
      redis.call('HSET', KEYS[1], 'x', expiresAt)
    end
    if ownExpiry > w then
      local kept = redis.pcall('HSET', KEYS[1], 'w', ownExpiry)
      if failed(kept) then return kept end
    end
  end
  return {own == v and 'applied' or 'stale', v}
end
if v and w > own then
  if left > ttl then ttl, expiresAt = left, nil end
  if w > ownExpiry then ownExpiry = w end
end
if not v and left ~= -2 then redis.call('DEL', KEYS[1]) end
local written = redis.pcall('HSET', KEYS[1], 'v', own, 'd', ARGV[5], 'w', ownExpiry)
if failed(written) then return written end
if expiresAt then redis.call('HSET', KEYS[1], 'x', expiresAt) end
redis.call('PEXPIRE', KEYS[1], ttl)
return {'applied', own}
`,
);

/**
 * Leaves a tombstone that outlives everything promised. The data goes first: that is allowed when the server is out of
 * memory, and then so is the rest.
 *
 * @internal
 */
export const DESTROY_SCRIPT = defineScript(
  'session.destroy',
  `${READ_CURRENT}
local cleared = redis.pcall('HDEL', KEYS[1], 'd')
if failed(cleared) then return cleared end
if v and v > own then own = v end
if w and w > ownExpiry then ownExpiry = w end
local written = redis.pcall('HSET', KEYS[1], 'v', own, 'w', ownExpiry, 'x', expiresAt)
if failed(written) then return written end
redis.call('PEXPIRE', KEYS[1], math.max(ttl, left))
return {'applied', own}
`,
);

/** Lengthens the life of a live session. Replies `applied`, `missing`, `gone` or `stale`, and the version. @internal */
export const TOUCH_SCRIPT = defineScript(
  'session.touch',
  `${READ_CURRENT}
if not v then return {'missing', ''} end
if not d then return {'gone', v} end
if own <= v then return {'stale', v} end
if left >= 0 and ttl > left then
  local kept = redis.pcall('PEXPIRE', KEYS[1], ttl)
  if failed(kept) then return kept end
  redis.call('HSET', KEYS[1], 'w', own > w and own or w, 'x', expiresAt)
end
return {'applied', v}
`,
);
