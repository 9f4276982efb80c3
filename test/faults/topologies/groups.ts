import type { RedisTestServer } from '../../support/redis-server.js';

/** Sockets of the app to one server. A replica lists that to its master, too. */
export async function socketsTo(server: RedisTestServer): Promise<number> {
  return (await server.clients()).filter(({ fields }) => !fields['flags']?.includes('M')).length;
}

/** Several servers of one world, some of which may be frozen: those do not answer, and are not asked. */
export class ServerGroup {
  private readonly frozen = new Set<RedisTestServer>();

  constructor(private readonly all: () => readonly RedisTestServer[]) {}

  get awake(): RedisTestServer[] {
    return this.all().filter((server) => server.isRunning && !this.frozen.has(server));
  }

  async freeze(server: RedisTestServer): Promise<void> {
    await server.freeze();
    this.frozen.add(server);
  }

  async thaw(): Promise<void> {
    await Promise.all([...this.frozen].map((server) => server.thaw()));
    this.frozen.clear();
  }

  /** Sockets of the app, as those see them that can be asked. */
  async sockets(): Promise<number> {
    const counts = await Promise.all(this.awake.map(socketsTo));
    return counts.reduce((sum, count) => sum + count, 0);
  }
}
