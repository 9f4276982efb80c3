import { Logger } from '@nestjs/common';
import type { RedisConnection } from './connection/redis.connection.js';
import type { RedisSettings } from './interfaces/redis-settings.interface.js';
import type { RedisStateChange } from './interfaces/redis-state.interface.js';
import type { RedisError } from './errors/redis.error.js';
import type { RedisErrorKind } from './errors/redis-error-kind.js';
import { isDefaultConnection } from './redis.constants.js';
import { FailureLog } from './utils/failure-log.js';
import { LineLogger } from './utils/line-logger.js';
import { LogWindow } from './utils/log-window.js';

/** So many state changes are told one by one in a minute; of more, one line tells. */
const MOST_LINES = 10;
const WINDOW_MS = 60_000;

const GOES_ON = 'It is tried again in the background, with pauses of at most 5 s.';

/** The end of a connection, and Redis that is turned off, are no failures. */
const WANTED: ReadonlySet<RedisErrorKind> = new Set(['closed', 'disabled']);

/** Asked by the house itself, and not missed where they are forbidden. */
const QUESTIONS: ReadonlySet<string | undefined> = new Set(['ping', 'info']);

const logger = (name: string): LineLogger =>
  new LineLogger(new Logger(isDefaultConnection(name) ? 'RedisModule' : `RedisModule:${name}`));

/**
 * One line a state change, with host and kind and never a secret; the calls that fail, folded; and once what the settings
 * warn of.
 *
 * @internal
 */
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
  logFailures(connection, log);
}

/** While the connection is out, or the breaker open, one line has said so: what is refused then is only counted. */
function logFailures(connection: RedisConnection, log: LineLogger): void {
  const failures = new FailureLog(WINDOW_MS, (text) => log.error(`${connection.endpoint}: ${text}`));
  connection.failedCall$.subscribe((error) => {
    if (!isFailure(error)) return;
    failures.add(error, connection.state !== 'connected' || error.redisErrorKind === 'unavailable');
  });
  connection.state$.subscribe({ complete: () => failures.end() });
}

function isFailure({ redisErrorKind: kind, operation }: RedisError): boolean {
  return !WANTED.has(kind) && !(kind === 'permission' && QUESTIONS.has(operation));
}

function lineOf(endpoint: string, change: RedisStateChange, settings: Pick<RedisSettings, 'boot'>): string {
  const { from, to, elapsedMs, error } = change;
  const line = `${endpoint}: ${from} -> ${to} after ${Math.round(elapsedMs)} ms`;
  if (error === undefined) return line;
  // Only the boot that it fails ends the attempts.
  const goesOn = to === 'failed' && (settings.boot === 'degrade' || from === 'reconnecting');
  return `${line} [${error.redisErrorKind}] ${error.message}${goesOn ? ` ${GOES_ON}` : ''}`;
}
