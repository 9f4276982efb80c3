import { RedisError } from '../errors/redis.error.js';
import type { RedisDriverName } from '../interfaces/redis-client.interface.js';
import type { RedisDriver } from './driver.interface.js';
import { examined } from './examination/examine.js';

const PACKAGES: Record<RedisDriverName, string> = { ioredis: 'ioredis', 'node-redis': 'redis' };

/**
 * Loads the driver that was asked for; `auto` takes ioredis where it is installed, else node-redis.
 *
 * @throws RedisError of kind `driver-not-installed`, with the line to type
 * @internal
 */
export async function resolveDriver(
  wanted: 'auto' | RedisDriverName,
  isInstalled: (packageName: string) => boolean = isPackageInstalled,
): Promise<RedisDriver> {
  const candidates: RedisDriverName[] = wanted === 'auto' ? ['ioredis', 'node-redis'] : [wanted];
  const name = candidates.find((candidate) => isInstalled(PACKAGES[candidate]));
  if (name === undefined) throw notInstalled(candidates);
  if (name === 'ioredis') return examined((await import('./ioredis/ioredis.driver.js')).ioredisDriver);
  return examined((await import('./node-redis/node-redis.driver.js')).nodeRedisDriver);
}

/** Asks before importing: a missing package and one with a missing dependency fail with the same code. */
function isPackageInstalled(packageName: string): boolean {
  try {
    import.meta.resolve(packageName);
    return true;
  } catch {
    return false;
  }
}

function notInstalled(candidates: readonly RedisDriverName[]): RedisError {
  const lines = candidates.map((name) => `npm install ${PACKAGES[name]}`).join('" or "');
  return new RedisError({
    kind: 'driver-not-installed',
    operation: 'resolve-driver',
    message: `No Redis driver is installed (looked for ${candidates.join(', ')}). Type "${lines}".`,
  });
}
