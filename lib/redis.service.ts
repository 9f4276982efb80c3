import type { Observable } from 'rxjs';
import { defineScript } from './commands/define-script.js';
import { ProvenCommands } from './commands/proven.commands.js';
import type { RedisConnection } from './connection/redis.connection.js';
import { isOutage } from './errors/is-outage.js';
import type {
  CacheResult,
  CacheSetOptions,
  CacheUnavailableOptions,
  RecentListOptions,
  TenantOptions,
} from './interfaces/redis-cache.interface.js';
import type { RedisClient, RedisDriverName } from './interfaces/redis-client.interface.js';
import type { RedisCommands } from './interfaces/redis-commands.interface.js';
import type { EnsureReadyOptions } from './interfaces/redis-connection.interface.js';
import type { RedisState, RedisStateChange } from './interfaces/redis-state.interface.js';
import { CACHE_OPERATIONS } from './redis.constants.js';
import { assertInteger, assertPurpose, assertText } from './utils/assert-argument.js';
import { publishCacheAnswer, publishCacheError } from './utils/cache-events.js';
import { encodeId } from './utils/encode-id.js';
import { decodeJson, encodeJson } from './utils/json.codec.js';
import { Traced } from './utils/traced.decorator.js';

const PUSH_RECENT = defineScript(
  'lpushRecent',
  `local length = redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return math.min(length, tonumber(ARGV[2]))`,
);

/**
 * The friendly face of a connection for application code.
 *
 * Every call answers within a deadline and rejects with a `RedisError` only. When node-redis is the driver it connects
 * only when told; ioredis would connect at construction. Neither is left to itself here: the module connects at boot,
 * or on the first {@link ensureReadyClient}.
 *
 * @example
 * const greeting = await redis.cacheGet<string>('greeting');
 * if (!greeting.hit) await redis.cacheSet('greeting', await compose(), { ttlMs: 60_000 });
 *
 * @publicApi
 */
@Traced('cache', CACHE_OPERATIONS)
export class RedisService {
  /** The command port: deadline, breaker and events; keys under the configured prefix and the tenant's. */
  readonly commands: RedisCommands;
  private readonly values: RedisCommands;

  /** @internal */
  constructor(
    private readonly connection: RedisConnection,
    private readonly prefix = '',
  ) {
    this.commands = connection.commandsUnder(prefix);
    this.values = connection.commandsUnder(prefix, ProvenCommands);
  }

  /** The truth, now. */
  get state(): RedisState {
    return this.connection.state;
  }

  /** Every change from now on, once each; completes when the connection is closed. */
  get state$(): Observable<RedisStateChange> {
    return this.connection.state$;
  }

  /** Whether the feature flags turn Redis on. */
  get isEnabled(): boolean {
    return this.connection.isEnabled;
  }

  /** The driver in use; undefined while disabled. */
  get driver(): RedisDriverName | undefined {
    return this.connection.driver;
  }

  /** Sockets held now: `client`, and one entry for each purpose of a duplicate. */
  get sockets(): Readonly<Record<string, number>> {
    return this.connection.sockets;
  }

  /**
   * The connected client. Starts a connection if none was started, joins the attempt in flight, waits through a
   * reconnect, and starts afresh after `failed`; one attempt, whatever the number of callers.
   *
   * @throws RedisError within `timeoutMs`, default `connectTimeoutMs`; `disabled` or `closed` at once
   */
  ensureReadyClient<T extends RedisClient = RedisClient>(options?: EnsureReadyOptions): Promise<T> {
    return this.connection.ensureReadyClient(options) as Promise<T>;
  }

  /**
   * The live client, without waiting.
   *
   * @throws RedisError when the connection is not up, or has ended since
   */
  getClient<T extends RedisClient = RedisClient>(): T {
    return this.connection.getClient() as T;
  }

  /** Round trip in milliseconds. */
  ping(): Promise<number> {
    return this.commands.ping();
  }

  /**
   * Puts a JSON value at the head of a bounded list; atomic, one round trip.
   *
   * @returns the length of the list after it was cut to `max`
   */
  async lpushRecent(key: string, value: unknown, options: RecentListOptions): Promise<number> {
    assertText(key, 'key', 'lpushRecent');
    assertInteger(options?.max, 'max', 'lpushRecent');
    assertInteger(options?.ttlMs, 'ttlMs', 'lpushRecent');
    const text = encodeJson(value, key, 'lpushRecent');
    return Number(await this.commands.runScript(PUSH_RECENT, [key], [text, options.max, options.ttlMs]));
  }

  /** The newest `limit` values of such a list, newest first. */
  async getRecent<T = unknown>(key: string, limit: number): Promise<T[]> {
    assertText(key, 'key', 'getRecent');
    assertInteger(limit, 'limit', 'getRecent');
    const texts = await this.values.lrange(key, 0, limit - 1);
    return texts.map((text) => decodeJson(text, key, 'getRecent') as T);
  }

  /**
   * Stores a JSON value.
   *
   * @returns false where Redis could not take it and `onUnavailable` is `miss`
   */
  async cacheSet(key: string, value: unknown, options: CacheSetOptions): Promise<boolean> {
    assertText(key, 'key', 'cacheSet');
    assertInteger(options?.ttlMs, 'ttlMs', 'cacheSet');
    const text = encodeJson(value, key, 'cacheSet');
    try {
      return await this.commands.set(key, text, { ttlMs: options.ttlMs });
    } catch (error) {
      if (options.onUnavailable === 'throw' || !isOutage(error)) throw error;
      return false;
    }
  }

  /** A stored value, or why there is none. @throws RedisError of kind `serialization` for a value that is not JSON */
  async cacheGet<T = unknown>(key: string, options: CacheUnavailableOptions = {}): Promise<CacheResult<T>> {
    assertText(key, 'key', 'cacheGet');
    const { name } = this.connection;
    try {
      const text = await this.values.get(key);
      const result: CacheResult<T> =
        text === null ? { hit: false, reason: 'absent' } : { hit: true, value: decodeJson(text, key, 'cacheGet') as T };
      publishCacheAnswer(name, result.hit);
      return result;
    } catch (error) {
      publishCacheError(name, error);
      if (options.onUnavailable === 'throw' || !isOutage(error)) throw error;
      return { hit: false, reason: error.redisErrorKind === 'disabled' ? 'disabled' : 'redis_error', error };
    }
  }

  /**
   * Deletes stored values; how many there were. Rejects when Redis cannot be asked: an invalidation that was not made
   * must be known to its caller.
   */
  async cacheDelete(...keys: string[]): Promise<number> {
    for (const key of keys) assertText(key, 'key', 'cacheDelete');
    return this.commands.del(...keys);
  }

  /**
   * A further native client, connected, for blocking or subscribing: a socket of its own, counted under its purpose,
   * reconnected by us and closed at shutdown. Open one for each purpose, not one for each request; what ends earlier is
   * given back by {@link release}, since a client that its user closes is taken for a lost one and made again.
   *
   * Waits for the connection as {@link ensureReadyClient} does: where boot is `degrade`, do not await it in
   * `onModuleInit`.
   */
  async duplicate<T extends RedisClient = RedisClient>(purpose: string): Promise<T> {
    assertText(purpose, 'purpose', 'duplicate');
    assertPurpose(purpose);
    return (await this.connection.duplicates.open(purpose)) as T;
  }

  /** Closes a client that {@link duplicate} gave. False where it is not one of them, or was closed before. */
  release(client: RedisClient): Promise<boolean> {
    return this.connection.duplicates.release(client);
  }

  /** The same face, with every key under that tenant's prefix. The id is data: encoded, never a pattern. */
  forTenant(id: string, options: TenantOptions = {}): RedisService {
    assertText(id, 'id', 'forTenant');
    const tenant = `t:${encodeId(id)}`;
    const prefix = options.oneSlot === true ? `{${tenant}}:` : `${tenant}:`;
    return new RedisService(this.connection, this.prefix + prefix);
  }
}
