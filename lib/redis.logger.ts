import { Logger } from '@nestjs/common';
import type { RedisConnection } from './connection/redis.connection.js';
import type { RedisSettings } from './interfaces/redis-settings.interface.js';
import type { RedisStateChange } from './interfaces/redis-state.interface.js';
import { isDefaultConnection } from './redis.constants.js';

const logger = (name: string): Logger => new Logger(isDefaultConnection(name) ? 'RedisModule' : `RedisModule:${name}`);

/** One line a state change, with host and kind and never a secret; and once what the settings warn of. @internal */
export function logConnection(connection: RedisConnection, settings: RedisSettings): void {
  const log = logger(connection.name);
  for (const warning of settings.warnings) log.warn(warning);
  if (!connection.isEnabled) log.log(`Redis is off (${settings.disabledBy ?? 'no address is configured'})`);
  connection.trouble$.subscribe((error) =>
    log.warn(`${connection.endpoint}: not connected yet [${error.redisErrorKind}] ${error.message}`),
  );
  connection.state$.subscribe((change) => logChange(log, connection, change));
}

function logChange(log: Logger, connection: RedisConnection, { from, to, elapsedMs, error }: RedisStateChange): void {
  const line = `${connection.endpoint}: ${from} -> ${to} after ${Math.round(elapsedMs)} ms`;
  if (error === undefined) log.log(line);
  else log.error(`${line} [${error.redisErrorKind}] ${error.message}`);
}
