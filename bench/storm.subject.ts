import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { Redis } from 'ioredis';
import { RedisClientFactory, type RedisDriverName } from 'nestjs-redis-hub';
import { createClient } from 'redis';

/** One dial: which client, and when, in milliseconds of the clock that all processes share. */
export type Dial = readonly [client: number, at: number];

/** The measured process: `storm.subject.js DRIVER package|raw URL CLIENTS`; answers each message with its dials since. */
const [driver, kind, url, count] = process.argv.slice(2) as [RedisDriverName, 'package' | 'raw', string, string];

let dials: Dial[] = [];
const whose = new AsyncLocalStorage<number>();
// Seen as they are made: what a port refuses no server can count.
subscribe('net.client.socket', (message) => {
  const client = whose.getStore();
  if (client !== undefined && (message as { socket: Socket }).socket !== undefined) dials.push([client, Date.now()]);
});

await Promise.all(Array.from({ length: Number(count) }, (_, client) => whose.run(client, open)));
process.on('message', () => {
  process.send?.(dials);
  dials = [];
});
process.on('disconnect', () => process.kill(process.pid));
process.send?.([]);

async function open(): Promise<void> {
  if (kind === 'package') {
    await RedisClientFactory.create({ url, driver });
  } else if (driver === 'ioredis') {
    await new Redis(url).on('error', () => undefined).ping();
  } else {
    await createClient({ url })
      .on('error', () => undefined)
      .connect();
  }
}
