import type { RedisCommands, RedisScript } from '../interfaces/redis-commands.interface.js';
import { RedisError } from '../errors/redis.error.js';
import { isVersion } from './hybrid-clock.js';
import { isTombstone } from './join-entries.js';
import type { SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import { serializationError } from './session.error.js';
import { encodeSessionId } from './session-id.util.js';
import { DESTROY_SCRIPT, PUT_SCRIPT, TOUCH_SCRIPT } from './session.scripts.js';

/** What Redis made of a change, and the version that it holds now. @internal */
export interface RedisOutcome {
  readonly status: 'applied' | 'stale' | 'gone' | 'missing';
  readonly version: string;
}

const STATUSES: readonly unknown[] = ['applied', 'stale', 'gone', 'missing'] satisfies RedisOutcome['status'][];

/** Expiry of a session that had ended when its last change was replayed: its key is there for one more millisecond. */
const ENDED = '0';

/** Sessions in Redis, one key a session and a call. Rejects with what the port rejects with. @internal */
export class RedisTier {
  constructor(
    private readonly commands: RedisCommands,
    private readonly keyPrefix: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Tombstones included. A value that this package cannot have stored is an error, for this session alone. */
  async get(id: string): Promise<SessionEntry | undefined> {
    const { v: version, d: data, w, x } = await this.commands.hgetall(this.keyOf(id));
    if (version === undefined && data === undefined && w === undefined) return undefined;
    if (x === ENDED && data !== undefined) return undefined;
    const expiryVersion = w ?? version;
    const expiresAt = Number(x);
    if (isVersion(version) && isVersion(expiryVersion) && Number.isSafeInteger(expiresAt)) {
      return { version, expiryVersion, expiresAt, data };
    }
    throw serializationError('session.get', id, 'holds a stored value of a foreign form. Destroy it, or set it anew.');
  }

  /** Joins an entry, live or tombstone, with what is stored. */
  put(id: string, entry: SessionEntry): Promise<RedisOutcome> {
    const { version, expiryVersion, expiresAt, data } = entry;
    const args = [version, expiryVersion, expiresAt > this.now() ? expiresAt : ENDED, this.ttlOf(expiresAt)];
    if (data === undefined || isTombstone(entry)) return this.run(DESTROY_SCRIPT, id, args);
    return this.run(PUT_SCRIPT, id, [...args, data]);
  }

  touch(id: string, touch: SessionTouch): Promise<RedisOutcome> {
    const { version, expiresAt } = touch;
    return this.run(TOUCH_SCRIPT, id, [version, version, expiresAt, this.ttlOf(expiresAt)]);
  }

  /** Changes when another server, or the same one restarted, answers; undefined where the user may not ask. */
  async serverId(): Promise<string | undefined> {
    return /^run_id:(\w+)/m.exec(await this.commands.info('server'))?.[1];
  }

  ping(): Promise<number> {
    return this.commands.ping();
  }

  private async run(script: RedisScript, id: string, args: (string | number)[]): Promise<RedisOutcome> {
    const reply = await this.commands.runScript(script, [this.keyOf(id)], args);
    const [status, version] = Array.isArray(reply) ? reply.map(String) : [];
    if (STATUSES.includes(status)) return { status: status as RedisOutcome['status'], version: version ?? '' };
    throw new RedisError({
      kind: 'reply',
      operation: script.name,
      outcome: 'unknown',
      message: `The server's reply to ${script.name} is not one that the script gives. Check what stands between.`,
    });
  }

  /** Relative, so that the server's clock need not agree with ours. An expiry that has passed still has to end the key. */
  private ttlOf(expiresAt: number): number {
    return Math.max(1, expiresAt - this.now());
  }

  private keyOf(id: string): string {
    return this.keyPrefix + encodeSessionId(id);
  }
}
