import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { PROBE_PASSWORD, PROBE_USER } from '../../support/redis-config.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import type { RespReply } from '../../support/resp-connection.js';
import { SentinelGroup } from '../../support/sentinel-group.js';
import { ServerGroup } from './groups.js';
import { PASSWORD } from './standalone.js';
import type { World } from './world.js';

const SENTINEL_PASSWORD = 'SENTINEL-SECRET-1508';

/** Long enough to see what the app does while there is no master; and a busy machine is no dead server. */
const DOWN_AFTER_MS = 3_000;

/** Three sentinels, a master with two replicas, all with passwords. */
export class Sentinels implements World {
  readonly secrets = [PASSWORD, SENTINEL_PASSWORD];
  readonly servers: ServerGroup;
  readonly sentinels: ServerGroup;

  private constructor(
    readonly group: SentinelGroup,
    /** The one that is to know. */
    public master: RedisTestServer,
    private readonly name: string,
  ) {
    this.servers = new ServerGroup(() => group.servers);
    this.sentinels = new ServerGroup(() => group.sentinels);
  }

  static async start(name?: string): Promise<Sentinels> {
    const group = await SentinelGroup.start({
      downAfterMs: DOWN_AFTER_MS,
      server: { password: PASSWORD, appendonly: true, config: ['appendfsync no'] },
      sentinel: { password: SENTINEL_PASSWORD },
    });
    return new Sentinels(group, await group.master(), name ?? group.name);
  }

  get options(): RedisModuleOptions {
    const { nodes } = this.group.address;
    return { sentinel: { name: this.name, nodes, password: SENTINEL_PASSWORD }, password: PASSWORD };
  }

  async sockets(): Promise<number> {
    return (await this.servers.sockets()) + (await this.sentinels.sockets());
  }

  ask(...args: (string | number)[]): Promise<RespReply> {
    return this.master.command(...args);
  }

  /** Waits for the fail-over that sentinels begin by themselves. */
  async untilPromoted(): Promise<void> {
    this.master = await this.group.promotedAfter(this.master);
  }

  /** The sentinel that the app keeps a socket to. */
  async watched(): Promise<RedisTestServer | undefined> {
    const counts = await Promise.all(this.group.sentinels.map((sentinel) => sentinel.clientCount()));
    return this.group.sentinels[counts.findIndex((count) => count > 0)];
  }

  /** The sentinels watch the same master under a further name. */
  async watchAs(name: string): Promise<void> {
    const { host, port } = this.master;
    for (const sentinel of this.group.sentinels) {
      await sentinel.command('SENTINEL', 'MONITOR', name, host, port, 2);
      await sentinel.command('SENTINEL', 'SET', name, 'auth-user', PROBE_USER, 'auth-pass', PROBE_PASSWORD);
    }
  }

  async stop(): Promise<void> {
    await this.group.stop();
  }
}

/** A topology for rows. `name`: another than that of the master. */
export function sentinels(name?: string): () => Promise<Sentinels> {
  return () => Sentinels.start(name);
}
