/**
 * What marks an ioredis client (`Redis` or `Cluster`), without its package.
 *
 * @publicApi
 */
export interface IoredisLikeClient {
  readonly status: string;
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void;
  call(command: string, ...args: never[]): Promise<unknown>;
  connect(): Promise<void>;
  quit(): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  duplicate(override?: never): unknown;
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown;
  off(event: string | symbol, listener: (...args: unknown[]) => void): unknown;
}

/**
 * What marks a node-redis client (`createClient`, `createCluster`), without its package.
 *
 * @publicApi
 */
export interface NodeRedisLikeClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  sendCommand(...args: never[]): Promise<unknown>;
  connect(): Promise<unknown>;
  close(): Promise<void>;
  destroy(): void;
  duplicate(overrides?: never): unknown;
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown;
  off(event: string | symbol, listener: (...args: unknown[]) => void): unknown;
}

/**
 * Either driver's native client, as a structural union: for code that takes whichever is installed.
 * Inject the driver's own type where you know it.
 *
 * @publicApi
 */
export type RedisClient = IoredisLikeClient | NodeRedisLikeClient;

/**
 * The driver package in use.
 *
 * @publicApi
 */
export type RedisDriverName = 'ioredis' | 'node-redis';
