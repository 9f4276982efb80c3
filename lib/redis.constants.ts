/** Injection token of the native client of the default connection. @publicApi */
export const REDIS_CLIENT = 'REDIS:CLIENT';

/** Token of the options, local to each RedisModule. @internal */
export const REDIS_OPTIONS = 'REDIS:OPTIONS';

/** Token of the slot that holds the connection, local to each RedisModule. @internal */
export const REDIS_SLOT = 'REDIS:SLOT';

const CONNECTION = 'REDIS:CONNECTION';
const SERVICE = 'REDIS:SERVICE';

/** Name of the connection that has no name. @internal */
export const DEFAULT_CONNECTION = 'default';

/** Injection token of the native client of a named connection; {@link REDIS_CLIENT} without a name. @publicApi */
export function getRedisToken(name?: string): string {
  return tokenOf(REDIS_CLIENT, name);
}

/**
 * Injection token of the `RedisService` of a named connection.
 *
 * @example
 * constructor(\@Inject(getRedisServiceToken('reports')) private readonly reports: RedisService) {}
 *
 * @publicApi
 */
export function getRedisServiceToken(name: string): string {
  return tokenOf(SERVICE, name);
}

/** Token by which consumer modules get the connection they were told to use. @internal */
export function getRedisConnectionToken(name?: string): string {
  return tokenOf(CONNECTION, name);
}

/** The connection that such a token is of; undefined for another token. @internal */
export function connectionOfToken(token: unknown): string | undefined {
  if (token === CONNECTION) return DEFAULT_CONNECTION;
  if (typeof token !== 'string' || !token.startsWith(`${CONNECTION}:`)) return undefined;
  return token.slice(CONNECTION.length + 1);
}

function tokenOf(base: string, name: string | undefined): string {
  return isDefaultConnection(name) ? base : `${base}:${name}`;
}

/** Whether a name, or its absence, means the default connection. @internal */
export function isDefaultConnection(name: string | undefined): boolean {
  return name === undefined || name === DEFAULT_CONNECTION;
}

/** Calls of the cache by the methods of `RedisService`, as traces name them. @internal */
export const CACHE_OPERATIONS = {
  cacheGet: 'get',
  cacheSet: 'set',
  cacheDelete: 'delete',
  lpushRecent: 'lpushRecent',
  getRecent: 'getRecent',
} as const;

/** Defaults of `RedisModuleOptions`, in one place. @internal */
export const REDIS_DEFAULTS = {
  port: 6379,
  sentinelPort: 26_379,
  connectTimeoutMs: 10_000,
  commandTimeoutMs: 500,
  shutdownTimeoutMs: 3_000,
  watchdogIntervalMs: 1_000,
  breakerFailures: 3,
} as const;
