/**
 * A Lua script, addressed by its SHA-1 (EVALSHA) and sent whole only when the server does not know it.
 * Make one with `defineScript`, once, at module level.
 *
 * @publicApi
 */
export interface RedisScript {
  /** For errors, events and metrics, such as `context.append`. */
  readonly name: string;
  /** The source. */
  readonly lua: string;
  /** SHA-1 of {@link lua}, in hex. */
  readonly sha1: string;
}

/**
 * What SET may be told besides the value.
 *
 * @publicApi
 */
export interface SetOptions {
  /** Time to live in milliseconds; without it the key does not expire. */
  readonly ttlMs?: number;
  /** `nx`: only where the key does not exist; `xx`: only where it does. */
  readonly condition?: 'nx' | 'xx';
}

/**
 * The narrow port: the commands that this package's own features speak, the same on either driver.
 *
 * Every call answers within the connection's command deadline, is refused at once (kind `unavailable`, outcome
 * `not-sent`) while the connection is not `connected`, and rejects with a `RedisError` only. Keys get the configured
 * prefix; replies are text.
 *
 * @publicApi
 */
export interface RedisCommands {
  /** The value, or `null` where there is no such key. */
  get(key: string): Promise<string | null>;
  /** Stores a value. False where the condition forbade it. */
  set(key: string, value: string, options?: SetOptions): Promise<boolean>;
  /**
   * Deletes keys; how many existed. No key given: 0, without a call. On a cluster there is a command for each slot that
   * the keys are in, so it is not one atomic step, and one that fails may leave others deleted.
   */
  del(...keys: string[]): Promise<number>;
  /** How many of the keys exist. On a cluster there is a command for each slot that the keys are in. */
  exists(...keys: string[]): Promise<number>;
  /** Sets the time to live, in milliseconds. False where there is no such key. */
  pexpire(key: string, ttlMs: number): Promise<boolean>;
  /** Milliseconds to live; -1 where the key does not expire, -2 where there is no such key. */
  pttl(key: string): Promise<number>;
  /** Adds to a counter and gives its new value. */
  incrby(key: string, amount: number): Promise<number>;
  /** The fields of a hash; empty where there is no such key. */
  hgetall(key: string): Promise<Record<string, string>>;
  /** A slice of a list; both ends included, negative counts from the end. */
  lrange(key: string, start: number, stop: number): Promise<string[]>;
  /**
   * Keys under the configured prefix that match a glob pattern, page by page, without the prefix. Never blocks the
   * server. On a cluster every master is walked in turn; a key whose slot is moved meanwhile may come twice or not at all.
   */
  scan(pattern: string, count?: number): AsyncIterable<string[]>;
  /** The server's INFO text, or one section of it. On a cluster, that of any one master. */
  info(section?: string): Promise<string>;
  /** The same of every server: of each master of a cluster. */
  infoOfEach(section?: string): Promise<string[]>;
  /** Round trip in milliseconds. On a cluster, until the slowest master has answered. */
  ping(): Promise<number>;
  /**
   * Runs a script. Keys get the prefix; on a cluster they must share a slot. The reply is the server's: text, integer,
   * null or a nested array of these.
   */
  runScript(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}
