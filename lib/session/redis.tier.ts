import type { RedisCommands, RedisScript } from '../interfaces/redis-commands.interface.js';
import { RedisError } from '../errors/redis.error.js';
import type { SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import { serializationError } from './session.error.js';
import { encodeId } from '../utils/encode-id.js';
import { expiryText, parseStored } from './stored-session.codec.js';
import { DESTROY_SCRIPT, PUT_SCRIPT, TOUCH_SCRIPT } from './session.scripts.js';

/** What Redis made of a change, and the version that it holds now. @internal */
export interface RedisOutcome {
  readonly status: 'applied' | 'stale' | 'gone' | 'missing';
  readonly version: string;
}

const STATUSES: readonly unknown[] = ['applied', 'stale', 'gone', 'missing'] satisfies RedisOutcome['status'][];

/** Expiry of a session that had ended when its last change was replayed: its key is there for one more millisecond. */
const ENDED = 0;

/** Sessions in Redis, one key a session and a call. Rejects with what the port rejects with. @internal */
export class RedisTier {
  constructor(
    private readonly commands: RedisCommands,
    private readonly keyPrefix: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Tombstones included. A value that this package cannot have stored is an error, for this session alone. */
  async get(id: string): Promise<SessionEntry | undefined> {
    const text = await this.commands.get(this.keyOf(id));
    if (text === null) return undefined;
    const entry = parseStored(text);
    if (entry !== undefined) return entry.data !== undefined && entry.expiresAt === ENDED ? undefined : entry;
    throw serializationError('session.get', id, 'holds a stored value of a foreign form. Destroy it, or set it anew.');
  }

  /** Joins an entry, live or tombstone, with what is stored. */
  put(id: string, entry: SessionEntry): Promise<RedisOutcome> {
    const { version, expiryVersion, expiresAt, data } = entry;
    const written = expiresAt > this.now() ? expiresAt : ENDED;
    const args = [version, expiryVersion, expiryText(written), this.ttlOf(expiresAt)];
    if (data === undefined) return this.run(DESTROY_SCRIPT, id, args);
    return this.run(PUT_SCRIPT, id, [...args, data]);
  }

  touch(id: string, touch: SessionTouch): Promise<RedisOutcome> {
    const { version, expiresAt } = touch;
    return this.run(TOUCH_SCRIPT, id, [version, version, expiryText(expiresAt), this.ttlOf(expiresAt)]);
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
    return this.keyPrefix + encodeId(id);
  }
}
