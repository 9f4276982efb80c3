import { Redis } from 'ioredis';
import { RedisClientFactory, type RedisDriverName } from 'nestjs-redis-hub';
import { createClient } from 'redis';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { play, printMatch, type Contestant } from './interleaved.js';

const VALUE = 'x'.repeat(100);
const IN_FLIGHT = [1, 16, 64, 256];
const ROUNDS = 15;
const SLICE_MS = 120;

interface Raw {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
}

interface Opened {
  readonly raw: Raw;
  readonly close: () => void;
}

/** The port against the raw driver, as its documentation shows it: GET and SET of 100 B. */
export async function benchPort(server: RedisTestServer): Promise<void> {
  process.stdout.write('\nPort / raw driver, operations a second: median (10th-90th percentile) of ratios\n');
  for (const driver of ['ioredis', 'node-redis'] as const) await benchDriver(server, driver);
}

async function benchDriver(server: RedisTestServer, driver: RedisDriverName): Promise<void> {
  const [base, control] = [await openRaw(server, driver), await openRaw(server, driver)];
  const port = await RedisClientFactory.create({ url: server.url, driver });
  await base.raw.set('bench', VALUE);
  for (const operation of ['get', 'set'] as const) {
    for (const inFlight of IN_FLIGHT) {
      const contestant = (name: string, raw: Raw): Contestant => ({
        name,
        operate: operation === 'get' ? () => raw.get('bench') : () => raw.set('bench', VALUE),
      });
      const played = await play({
        base: contestant('raw', base.raw),
        control: contestant('raw again', control.raw),
        others: [contestant('port', port.commands)],
        inFlight,
        rounds: ROUNDS,
        sliceMs: SLICE_MS,
      });
      printMatch(`${driver} ${operation.toUpperCase()} x${inFlight}`, played);
    }
  }
  base.close();
  control.close();
  await port.close();
}

async function openRaw(server: RedisTestServer, driver: RedisDriverName): Promise<Opened> {
  if (driver === 'ioredis') {
    const redis = new Redis(server.url);
    return { raw: redis, close: () => redis.disconnect() };
  }
  const redis = createClient({ url: server.url });
  await redis.connect();
  return { raw: redis as unknown as Raw, close: () => redis.destroy() };
}
