import { RedisClientFactory, type RedisCommands, type RedisDriverName } from 'nestjs-redis-hub';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { openBarePort } from './bare-port.js';
import { play, printMatch, type Contestant } from './interleaved.js';

const VALUE = 'x'.repeat(100);
const IN_FLIGHT = [1, 64];
const ROUNDS = 31;
const SLICE_MS = 100;
/** A watchdog that does not ask while the measurement lasts. */
const NEVER_MS = 3_600_000;

/** What deadline, breaker and watchdog cost: the port as it is against the same port without them. */
export async function benchGuards(server: RedisTestServer): Promise<void> {
  process.stdout.write(
    '\nPort / the same port without deadline, breaker and watchdog: median (10th-90th percentile)\n',
  );
  for (const driver of ['ioredis', 'node-redis'] as const) await benchDriver(server, driver);
}

async function benchDriver(server: RedisTestServer, driver: RedisDriverName): Promise<void> {
  const [base, control] = [await openBarePort(server.url, driver), await openBarePort(server.url, driver)];
  const guarded = await RedisClientFactory.create({ url: server.url, driver });
  const unwatched = await RedisClientFactory.create({ url: server.url, driver, watchdogIntervalMs: NEVER_MS });
  await guarded.commands.set('bench', VALUE);
  for (const inFlight of IN_FLIGHT) {
    const played = await play({
      base: getting('bare', base.commands),
      control: getting('bare again', control.commands),
      others: [getting('all', guarded.commands), getting('no watchdog', unwatched.commands)],
      inFlight,
      rounds: ROUNDS,
      sliceMs: SLICE_MS,
    });
    printMatch(`${driver} GET x${inFlight}`, played);
    for (const { name, ratio, verdict } of played.rows.filter((row) => row.verdict === 'less')) {
      const microseconds = (1 / ratio.median - 1) * (1e6 / played.perSecond);
      process.stdout.write(`${' '.repeat(28)} ${name}: ${verdict}, by ${microseconds.toFixed(2)} µs a command\n`);
    }
  }
  await Promise.all([base.close(), control.close(), guarded.close(), unwatched.close()]);
}

function getting(name: string, commands: RedisCommands): Contestant {
  return { name, operate: () => commands.get('bench') };
}
