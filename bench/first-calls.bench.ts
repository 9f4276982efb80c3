import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RedisClientFactory, type RedisDriverName } from 'nestjs-redis-hub';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { spreadOf, textOf } from './statistics.js';

const CALLERS = 1_000;
const ROUNDS = 9;

/** 1000 callers at once on a connection that nobody has asked for yet. */
export async function benchFirstCalls(server: RedisTestServer): Promise<void> {
  process.stdout.write(`\n${CALLERS} concurrent first calls: ms until all have the client, sockets, attempts\n`);
  for (const driver of ['ioredis', 'node-redis'] as const) {
    const times: number[] = [];
    const counts = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const seen = await firstCalls(server, driver);
      times.push(seen.ms);
      counts.add(`${seen.clients} client, ${seen.sockets} socket, ${seen.dials} attempt`);
    }
    process.stdout.write(`${driver.padEnd(12)} ${textOf(spreadOf(times))} ms  ${[...counts].join(' / ')}\n`);
  }
}

async function firstCalls(
  server: RedisTestServer,
  driver: RedisDriverName,
): Promise<{ ms: number; clients: number; sockets: number; dials: number }> {
  let dials = 0;
  const count = (message: unknown): void => {
    const { socket } = message as { socket: { once(event: string, listener: () => void): void; remotePort?: number } };
    socket.once('connect', () => (dials += socket.remotePort === server.port ? 1 : 0));
  };
  subscribe('net.client.socket', count);
  try {
    const redis = await RedisClientFactory.create({ url: server.url, driver, boot: 'degrade' });
    const startedAt = performance.now();
    const clients = await Promise.all(Array.from({ length: CALLERS }, () => redis.ensureReadyClient()));
    const ms = performance.now() - startedAt;
    const sockets = await server.clientCount();
    await redis.close();
    return { ms, clients: new Set(clients).size, sockets, dials };
  } finally {
    unsubscribe('net.client.socket', count);
  }
}
