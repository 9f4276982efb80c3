import type { RedisConnection } from './connection/redis.connection.js';

/**
 * Connections of apps that have not booted yet. Kept outside of all apps: of one whose boot fails Nest calls no hook, and
 * gives its caller nothing to close it by.
 */
const booting = new Set<RedisConnection>();

/** From the making of a connection on, until it is closed or its app has booted. @internal */
export function beginBoot(connection: RedisConnection): void {
  booting.add(connection);
  connection.state$.subscribe({ complete: () => endBoot(connection) });
}

/** @internal */
export function endBoot(connection: RedisConnection): void {
  booting.delete(connection);
}

/** @internal */
export async function closeBooting(): Promise<void> {
  // Nest rejects with the first failure, while it still makes the other providers: a connection may be about to be made.
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([...booting].map((connection) => connection.close()));
}
