import { defineScript } from '../commands/define-script.js';

/*
 * The key's own time to live is what ends a session; the expiry in the text is for copies. The rules are those of
 * joinEntries. What is stored in another form, for another id, or with a version past the latest that is
 * believed, counts as nothing.
 *
 * ARGV[1] is the tag of the request, ARGV[2] the text to store, or its header, ARGV[3] its time to live, ARGV[4] the
 * latest version that is believed. The reply is the tag, the status and a version in one text: the tag is the one proof
 * that it is not the reply to somebody else's, when replies are out of step.
 *
 * A script holds up everybody: what is usual is told by few comparisons, and makes no text that is not needed.
 *
 * Errors of the commands are returned, not raised: raised ones lose their prefix (OOM, MISCONF) on Redis 6.2.
 */
const READ = `
local sub = string.sub
local sent, current = ARGV[2], redis.pcall('GETRANGE', KEYS[1], 0, 77)
if type(current) == 'table' then return current end
local own, v, w, live = sub(sent, 3, 26), sub(current, 3, 26), sub(current, 27, 50), #current > 77
local isOwn = sub(current, 66, 77) == sub(sent, 66, 77)
`;

/** From here on v is what is stored of this session, nil where that is nothing. */
const KNOW = `
local function failed(reply) return type(reply) == 'table' and reply.err end
local function told(status, version) return ARGV[1] .. ' ' .. status .. ' ' .. version end
local function reaches(pattern, from, last)
  local _, at = string.find(current, pattern, from)
  return at and at >= last
end
if not isOwn or v > ARGV[4] or w > ARGV[4] or not reaches('^s1[0-9a-f]+', 1, 77) or not reaches('^%d+', 51, 65) then v = nil end
local ownExpiry, expiresAt, ttl = sub(sent, 27, 50), sub(sent, 51, 65), tonumber(ARGV[3])
local x, left = sub(current, 51, 65), redis.call('PTTL', KEYS[1])
local function extend()
  if left < 0 or ttl <= left then return nil end
  local kept = redis.pcall('PEXPIRE', KEYS[1], ttl)
  return failed(kept) and kept or nil
end
`;

/** What was sent goes in the place of what is older; a touch that it cannot know of stays. */
const writing = (data: string, reply = 'own'): string => `
if v and w > (ownExpiry < own and ownExpiry or own) then
  if left > ttl then ttl, expiresAt = left, x end
  if w > ownExpiry then ownExpiry = w end
end
local written = redis.pcall('SET', KEYS[1], 's1' .. own .. ownExpiry .. expiresAt .. sub(sent, 66, 77) .. ${data}, 'PX', ttl)
if failed(written) then return written end
return told('applied', ${reply})
`;

/** Joins a live entry. Replies status and version: `applied`, `stale` (newer is stored), `gone` (destroyed). @internal */
export const PUT_SCRIPT = defineScript(
  'session.set',
  `${READ}
if current == '' or isOwn and live and v < own and w <= own and w <= sub(sent, 27, 50) then
  local written = redis.pcall('SET', KEYS[1], sent, 'PX', ARGV[3])
  return written.err and written or ARGV[1] .. ' applied ' .. own
end
${KNOW}
if v and not live then return extend() or told('gone', v) end
if v and own <= v then
  if own == v or ownExpiry > (w < v and w or v) then
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
${writing('sub(sent, 78)')}`,
);

/**
 * As {@link PUT_SCRIPT}, of a tombstone too, provided that version ARGV[5] is stored, and lives; else replies `conflict`.
 * Where it is applied the reply ends with the version of the expiry that was stored, and what was left of that.
 *
 * @internal
 */
export const PUT_IF_SCRIPT = defineScript(
  'session.update',
  `${READ}${KNOW}
if not v then return told('conflict', '') end
if not live then return told('gone', v) end
if v ~= ARGV[5] then return told('conflict', v) end
if #sent == 77 then ttl = math.max(ttl, left) end
${writing('sub(sent, 78)', "own .. ' ' .. w .. ' ' .. left")}`,
);

/**
 * Leaves a tombstone that outlives everything promised. What is stored goes first: that is allowed when the server is out
 * of memory, and then so is the rest.
 *
 * @internal
 */
export const DESTROY_SCRIPT = defineScript(
  'session.destroy',
  `${READ}${KNOW}
local cleared = redis.pcall('DEL', KEYS[1])
if failed(cleared) then return cleared end
if v and v > own then own = v end
if v and w > ownExpiry then ownExpiry = w end
ttl = math.max(ttl, left)
${writing("''")}`,
);

/** Lengthens the life of a live session. Replies `applied`, `missing`, `gone` or `stale`, and the version. @internal */
export const TOUCH_SCRIPT = defineScript(
  'session.touch',
  `${READ}${KNOW}
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
