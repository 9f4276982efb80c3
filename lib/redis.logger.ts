import { Logger } from '@nestjs/common';
import type { RedisConnection } from './connection/redis.connection.js';
import type { RedisSettings } from './interfaces/redis-settings.interface.js';
import type { RedisStateChange } from './interfaces/redis-state.interface.js';
import { isDefaultConnection } from './redis.constants.js';
import { LogWindow } from './utils/log-window.js';

/** So many state changes are told one by one in a minute; of more, one line tells. */
const MOST_LINES = 10;
const WINDOW_MS = 60_000;

const GOES_ON = 'It is tried again in the background, with pauses of at most 5 s.';

const logger = (name: string): Logger => new Logger(isDefaultConnection(name) ? 'RedisModule' : `RedisModule:${name}`);

/** One line a state change, with host and kind and never a secret; and once what the settings warn of. @internal */
export function logConnection(connection: RedisConnection, settings: RedisSettings): void {
  const log = logger(connection.name);
  for (const warning of settings.warnings) log.warn(warning);
  if (!connection.isEnabled) return log.log(`Redis is off (${settings.disabledBy ?? 'no address is configured'})`);
  const window = new LogWindow(MOST_LINES, WINDOW_MS, (count, last) =>
    log.error(`${connection.endpoint}: ${count} more state changes within a minute; the last: ${last}`),
  );
  connection.trouble$.subscribe((error) =>
    log.warn(`${connection.endpoint}: not connected yet [${error.redisErrorKind}] ${error.message}`),
  );
  connection.state$.subscribe({
    next: (change) =>
      window.pass(lineOf(connection.endpoint, change, settings), (line) =>
        change.error ? log.error(line) : log.log(line),
      ),
    complete: () => window.end(),
  });
}

function lineOf(endpoint: string, change: RedisStateChange, settings: Pick<RedisSettings, 'boot'>): string {
  const { from, to, elapsedMs, error } = change;
  const line = `${endpoint}: ${from} -> ${to} after ${Math.round(elapsedMs)} ms`;
  if (error === undefined) return line;
  // Only the boot that it fails ends the attempts.
  const goesOn = to === 'failed' && (settings.boot === 'degrade' || from === 'reconnecting');
  return `${line} [${error.redisErrorKind}] ${error.message}${goesOn ? ` ${GOES_ON}` : ''}`;
}
