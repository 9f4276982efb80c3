import { defineScript } from '../commands/define-script.js';
import { decodeId, encodeId } from '../utils/encode-id.js';
import type { TaggedScripts } from './tagged-scripts.js';

/** No encoded id has a percent sign before these letters. */
const KEY = '%user:';
const PAGE = 200;

/** Adds a session, or moves its end to a later time; the key lives as long as its last session. */
const ADD_SCRIPT = defineScript(
  'session.user.add',
  `
local added = redis.pcall('ZADD', KEYS[1], 'GT', ARGV[3], ARGV[2])
if type(added) == 'table' and added.err then return added end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return {ARGV[1]}
`,
);

/** Replies a page of sessions, those that end last first. */
const LIST_SCRIPT = defineScript(
  'session.user.list',
  `
local page = redis.pcall('ZRANGE', KEYS[1], ARGV[2], ARGV[3], 'REV')
if page.err then return page end
return {page, ARGV[1]}
`,
);

const REMOVE_SCRIPT = defineScript(
  'session.user.remove',
  `
for at = 2, #ARGV do
  local removed = redis.pcall('ZREM', KEYS[1], ARGV[at])
  if type(removed) == 'table' and removed.err then return removed end
end
return {ARGV[1]}
`,
);

/**
 * In Redis: the sessions of each user, by their end. It may name sessions that have ended, or that are another's by now,
 * and is pruned of them when it is used; it never lacks one that lives.
 *
 * @internal
 */
export class UserIndex {
  constructor(
    private readonly scripts: TaggedScripts,
    private readonly keyPrefix: string,
  ) {}

  async add(userId: string, id: string, expiresAt: number): Promise<void> {
    const ttlMs = Math.max(1, expiresAt - Date.now());
    await this.scripts.run(ADD_SCRIPT, this.keyOf(userId), [encodeId(id), expiresAt, ttlMs]);
  }

  async ids(userId: string): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (let start = 0; ; start += PAGE) {
      const [page] = await this.scripts.run(LIST_SCRIPT, this.keyOf(userId), [start, start + PAGE - 1]);
      const members = Array.isArray(page) ? page.map(String) : [];
      for (const member of members) ids.add(decodeId(member) ?? '');
      if (members.length < PAGE) break;
    }
    ids.delete('');
    return [...ids];
  }

  async remove(userId: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.scripts.run(REMOVE_SCRIPT, this.keyOf(userId), ids.map(encodeId));
  }

  private keyOf(userId: string): string {
    return this.keyPrefix + KEY + encodeId(userId);
  }
}
