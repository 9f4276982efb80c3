import { defineGatheredScript } from '../commands/define-gathered-script.js';
import { defineScript } from '../commands/define-script.js';

/*
 * The key's own time to live is what ends a session; the expiry in the text is for copies. The rules are those of
 * joinEntries. What is stored in another form, for another id, or with a version past the latest that is
 * believed, counts as nothing.
 *
 * The reply is the tag, the status and a version in one text: the tag is the one proof that it is not the reply to
 * somebody else's, when replies are out of step.
 *
 * A script holds up everybody: what is usual is told by few comparisons, and makes no text that is not needed. Numbers
 * are passed as text, so that the server need not print them. From Redis 7 on, which tells its version, one command asks
 * for the time to live and lengthens it.
 *
 * Errors of the commands are returned, not raised: raised ones lose their prefix (OOM, MISCONF) on Redis 6.2.
 */

/** The tag of the request, the text to store or its header, its time to live, the latest version that is believed. */
const PARAMETERS = ['tag', 'sent', 'ttl', 'latest'];

const SHARED = `
local sub, find = string.sub, string.find
local function failed(reply) return type(reply) == 'table' and reply.err end
local function reaches(text, pattern, from, last)
  local _, at = find(text, pattern, from)
  return at and at >= last
end
local function extend(key, ttl, left)
  if left < 0 or tonumber(ttl) <= left then return nil end
  local kept = redis.pcall('PEXPIRE', key, ttl)
  return failed(kept) and kept or nil
end
local function lengthen(key, ttl)
  if redis.REDIS_VERSION_NUM then return redis.pcall('PEXPIRE', key, ttl, 'GT') end
  local left = redis.call('PTTL', key)
  return left >= 0 and tonumber(ttl) > left and redis.pcall('PEXPIRE', key, ttl) or 0
end
`;

const READ = `
local current = redis.pcall('GETRANGE', key, '0', '77')
if type(current) == 'table' then return current end
local own, v, w, live = sub(sent, 3, 26), sub(current, 3, 26), sub(current, 27, 50), #current > 77
local isOwn = sub(current, 66, 77) == sub(sent, 66, 77)
`;

/** From here on v is what is stored of this session, nil where that is nothing. */
const KNOW = `
if not isOwn or v > latest or w > latest or not reaches(current, '^s1[0-9a-f]+', 1, 77) or not reaches(current, '^%d+', 51, 65) then v = nil end
`;

const COMPARE = `
local ownExpiry, expiresAt = sub(sent, 27, 50), sub(sent, 51, 65)
local x, left = sub(current, 51, 65), redis.call('PTTL', key)
`;

/** What was sent goes in the place of what is older; a touch that it cannot know of stays. */
const writing = (data: string, reply = 'own'): string => `
if v and w > (ownExpiry < own and ownExpiry or own) then
  if left > tonumber(ttl) then ttl, expiresAt = left, x end
  if w > ownExpiry then ownExpiry = w end
end
local written = redis.pcall('SET', key, 's1' .. own .. ownExpiry .. expiresAt .. sub(sent, 66, 77) .. ${data}, 'PX', ttl)
if failed(written) then return written end
return tag .. ' applied ' .. ${reply}
`;

/** Joins a live entry. Replies status and version: `applied`, `stale` (newer is stored), `gone` (destroyed). @internal */
export const PUT_SCRIPT = defineGatheredScript('session.set', {
  parameters: PARAMETERS,
  shared: SHARED,
  body: `${READ}
if current == '' or isOwn and live and v < own and w <= own and w <= sub(sent, 27, 50) then
  local written = redis.pcall('SET', key, sent, 'PX', ttl)
  return written.err and written or tag .. ' applied ' .. own
end
${KNOW}${COMPARE}
if v and not live then return extend(key, ttl, left) or tag .. ' gone ' .. v end
if v and own <= v then
  if own == v or ownExpiry > (w < v and w or v) then
    local refused = extend(key, ttl, left)
    if refused then return refused end
    local nextW = ownExpiry > w and ownExpiry or w
    local nextX = tonumber(ttl) > left and expiresAt or x
    if nextW ~= w or nextX ~= x then
      local written = redis.pcall('SETRANGE', key, '26', nextW .. nextX)
      if failed(written) then return written end
    end
  end
  return tag .. (own == v and ' applied ' or ' stale ') .. v
end
${writing('sub(sent, 78)')}`,
});

/**
 * As {@link PUT_SCRIPT}, of a tombstone too, provided that version `expected` is stored, and lives; else replies `conflict`.
 * Where it is applied the reply ends with the version of the expiry that was stored, and what was left of that.
 *
 * @internal
 */
export const PUT_IF_SCRIPT = defineGatheredScript('session.update', {
  parameters: [...PARAMETERS, 'expected'],
  shared: SHARED,
  body: `${READ}${KNOW}${COMPARE}
if not v then return tag .. ' conflict ' end
if not live then return tag .. ' gone ' .. v end
if v ~= expected then return tag .. ' conflict ' .. v end
if #sent == 77 then ttl = math.max(tonumber(ttl), left) end
${writing('sub(sent, 78)', "own .. ' ' .. w .. ' ' .. left")}`,
});

/**
 * Leaves a tombstone that outlives everything promised. What is stored goes first: that is allowed when the server is out
 * of memory, and then so is the rest.
 *
 * @internal
 */
export const DESTROY_SCRIPT = defineGatheredScript('session.destroy', {
  parameters: PARAMETERS,
  shared: SHARED,
  body: `${READ}${KNOW}${COMPARE}
local cleared = redis.pcall('DEL', key)
if failed(cleared) then return cleared end
if v and v > own then own = v end
if v and w > ownExpiry then ownExpiry = w end
ttl = math.max(tonumber(ttl), left)
${writing("''")}`,
});

/** Lengthens the life of a live session. Replies `applied`, `missing`, `gone` or `stale`, and the version. @internal */
export const TOUCH_SCRIPT = defineGatheredScript('session.touch', {
  parameters: PARAMETERS,
  shared: SHARED,
  body: `${READ}${KNOW}
if not v then return tag .. ' missing ' end
if not live then return tag .. ' gone ' .. v end
if own <= v then return tag .. ' stale ' .. v end
local lengthened = lengthen(key, ttl)
if failed(lengthened) then return lengthened end
if lengthened == 1 then redis.call('SETRANGE', key, '26', (own > w and own or w) .. sub(sent, 51, 65)) end
return tag .. ' applied ' .. v
`,
});

/** Replies the stored text, or nothing: GET, with a reply that proves to be its own. @internal */
export const FIND_SCRIPT = defineScript(
  'session.get',
  `
local text = redis.pcall('GET', KEYS[1])
if type(text) == 'table' then return text end
return {text, ARGV[1]}
`,
);
