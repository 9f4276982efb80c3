import { hash, randomBytes } from 'node:crypto';
import type { RedisCommands, RedisScript } from '../interfaces/redis-commands.interface.js';
import { LatestVersion } from './hybrid-clock.js';
import type { SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import { serializationError } from './session.error.js';
import { encodeId } from '../utils/encode-id.js';
import { hashEncodedId } from './session-id.util.js';
import { headerText, parseStored } from './stored-session.codec.js';
import type { TaggedScripts } from './tagged-scripts.js';
import { DESTROY_SCRIPT, FIND_SCRIPT, PUT_IF_SCRIPT, PUT_SCRIPT, TOUCH_SCRIPT } from './session.scripts.js';

/** What Redis made of a change, and the version that it holds now. @internal */
export interface RedisOutcome {
  readonly status: 'applied' | 'stale' | 'gone' | 'missing' | 'conflict';
  readonly version: string;
  /** What the expiry was that {@link RedisTier.putIf} replaced. */
  readonly before?: { readonly expiryVersion: string; readonly leftMs: number } | undefined;
}

/** No encoded id has a percent sign before these letters. */
const CANARY = '%canary';

/** Expiry of a session that had ended when its last change was replayed: its key is there for one more millisecond. */
const ENDED = 0;

/** Sessions in Redis, one key a session and a call. Rejects with what the port rejects with. @internal */
export class RedisTier {
  private readonly latest: LatestVersion;

  constructor(
    private readonly commands: RedisCommands,
    private readonly scripts: TaggedScripts,
    private readonly keyPrefix: string,
    private readonly now: () => number = Date.now,
  ) {
    this.latest = new LatestVersion(now);
  }

  /** Tombstones included. A value that this package cannot have stored is an error, for this session alone. */
  async get(id: string): Promise<SessionEntry | undefined> {
    const encoded = encodeId(id);
    const idHash = hashEncodedId(encoded);
    const text = await this.commands.get(this.keyPrefix + encoded);
    const entry = this.parse(text, idHash);
    if (entry !== undefined) return isOver(entry) ? undefined : entry;
    return this.confirm(id, this.keyPrefix + encoded, idHash);
  }

  /**
   * No session, or not this one: it may be the reply to another command, and is nothing to log a user out for. Asked once
   * more, in a way whose reply proves to be its own.
   */
  private async confirm(id: string, key: string, idHash: string): Promise<SessionEntry | undefined> {
    const [text] = await this.scripts.run(FIND_SCRIPT, key, []);
    if (text === null || text === undefined) return undefined;
    const entry = this.parse(String(text), idHash);
    if (entry !== undefined) return isOver(entry) ? undefined : entry;
    throw serializationError('session.get', id, 'holds a stored value of a foreign form. Destroy it, or set it anew.');
  }

  /** Joins an entry, live or tombstone, with what is stored. */
  put(id: string, entry: SessionEntry): Promise<RedisOutcome> {
    return this.change(
      entry.data === undefined ? DESTROY_SCRIPT : PUT_SCRIPT,
      id,
      this.unlessEnded(entry),
      entry.expiresAt,
    );
  }

  /** Replaces a session, or ends it, provided that this version of it is stored. */
  putIf(id: string, entry: SessionEntry, expectedVersion: string): Promise<RedisOutcome> {
    return this.change(PUT_IF_SCRIPT, id, this.unlessEnded(entry), entry.expiresAt, expectedVersion);
  }

  touch(id: string, touch: SessionTouch): Promise<RedisOutcome> {
    const { version, expiresAt } = touch;
    const entry = { version, expiryVersion: version, expiresAt, data: undefined };
    return this.change(TOUCH_SCRIPT, id, entry, expiresAt);
  }

  /**
   * Changes when another server, the same one restarted, or one that took over another's data answers; undefined where the
   * user may not ask.
   */
  async serverId(): Promise<string> {
    const [server, replication] = await Promise.all([
      this.commands.infoOfEach('server'),
      this.commands.infoOfEach('replication'),
    ]);
    const runs = server.map((text) => /^run_id:(\w+)/m.exec(text)?.[1] ?? '');
    const masters = replication.map((text) => /^master_replid:(\w+)/m.exec(text)?.[1] ?? '');
    return hash('sha256', [...runs, ...masters].toSorted().join(), 'hex').slice(0, 32);
  }

  /** A name that is kept in Redis itself, for a user who may not ask for the server's; a new one where asked. */
  async canary(isNew: boolean): Promise<string> {
    const key = this.keyPrefix + CANARY;
    const own = `canary:${randomBytes(12).toString('hex')}`;
    const isSet = await this.commands.set(key, own, isNew ? {} : { condition: 'nx' });
    return isSet ? own : ((await this.commands.get(key)) ?? own);
  }

  ping(): Promise<number> {
    return this.commands.ping();
  }

  private unlessEnded(entry: SessionEntry): SessionEntry {
    return entry.expiresAt > this.now() ? entry : { ...entry, expiresAt: ENDED };
  }

  private async change(
    script: RedisScript,
    id: string,
    entry: SessionEntry,
    expiresAt: number,
    ...more: readonly string[]
  ): Promise<RedisOutcome> {
    const encoded = encodeId(id);
    const text = headerText(entry, hashEncodedId(encoded)) + (entry.data ?? '');
    const args = [text, this.ttlOf(expiresAt), this.latest.now(), ...more];
    const [status, version = '', expiryVersion, left] = await this.scripts.words(
      script,
      this.keyPrefix + encoded,
      args,
    );
    const before = expiryVersion === undefined ? undefined : { expiryVersion, leftMs: Number(left) };
    return { status: status as RedisOutcome['status'], version, before };
  }

  private parse(text: string | null, idHash: string): SessionEntry | undefined {
    return text === null ? undefined : parseStored(text, idHash, this.latest.now());
  }

  /** Relative, so that the server's clock need not agree with ours. An expiry that has passed still has to end the key. */
  private ttlOf(expiresAt: number): number {
    return Math.max(1, expiresAt - this.now());
  }
}

function isOver({ data, expiresAt }: SessionEntry): boolean {
  return data !== undefined && expiresAt === ENDED;
}
