import { eventually } from './eventually.js';
import { PROBE_PASSWORD, PROBE_USER } from './redis-config.js';
import type { RedisTestServerOptions } from './redis-config.js';
import { RedisTestServer } from './redis-server.js';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

export interface SentinelGroupOptions {
  /** Of the servers. */
  readonly server?: Pick<RedisTestServerOptions, 'password' | 'acl' | 'tls' | 'appendonly' | 'config'>;
  /** How long a server may be silent before it is taken for dead. @default 1000 */
  readonly downAfterMs?: number;
  /** Of the sentinels. */
  readonly sentinel?: Pick<RedisTestServerOptions, 'password' | 'acl' | 'tls'>;
}

const SERVERS = 3;
const SENTINELS = 3;
const QUORUM = 2;

const DOWN_AFTER_MS = 1_000;
/** Twice this long after a fail-over no other begins by itself. */
const FAILOVER_TIMEOUT_MS = 2_000;
const PATIENCE = { timeoutMs: 20_000, intervalMs: 50 };

/**
 * Three sentinels, a master and two replicas, all private. What they say to each other they say as the probe's user, so
 * that `clients()` of any of them is without it.
 */
export class SentinelGroup implements TestResource {
  readonly name = 'mymaster';
  readonly servers: RedisTestServer[] = [];
  readonly sentinels: RedisTestServer[] = [];

  private constructor(private readonly options: SentinelGroupOptions) {}

  static async start(options: SentinelGroupOptions = {}): Promise<SentinelGroup> {
    const group = track(new SentinelGroup(options));
    try {
      await group.launch();
    } catch (error) {
      await group.stop();
      throw error;
    }
    return group;
  }

  /** What the option `sentinel` needs at least. */
  get address(): { name: string; nodes: { host: string; port: number }[] } {
    return { name: this.name, nodes: this.sentinels.map(({ host, port }) => ({ host, port })) };
  }

  /** The one that a sentinel names. */
  async master(sentinel = this.sentinels[0]): Promise<RedisTestServer> {
    const pair = await sentinel?.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.name);
    return this.at(Number(Array.isArray(pair) ? pair[1] : 0));
  }

  /** Waits until a server other than this one is the master, by its own word. */
  promotedAfter(old: RedisTestServer): Promise<RedisTestServer> {
    const others = this.servers.filter((server) => server !== old && server.isRunning);
    return eventually(
      async () => {
        const roles = await Promise.all(others.map((server) => roleOf(server).catch(() => 'none')));
        return others[roles.indexOf('master')];
      },
      { timeoutMs: 20_000, intervalMs: 10, what: 'promotion' },
    );
  }

  /** Tells a sentinel to promote a replica while the master is well; gives the new master, just promoted. */
  async failover(sentinel = this.sentinels[0]): Promise<RedisTestServer> {
    const old = await this.master(sentinel);
    await eventually(async () => (await sentinel?.command('SENTINEL', 'FAILOVER', this.name)) === 'OK', PATIENCE);
    return this.promotedAfter(old);
  }

  /** Brings back what was killed or frozen, and waits until one master has two replicas that every sentinel knows. */
  async heal(): Promise<RedisTestServer> {
    for (const server of [...this.sentinels, ...this.servers]) {
      if (server.isRunning) await server.thaw();
      else await server.restart();
    }
    const master = await eventually(() => this.agreed(), { ...PATIENCE, what: 'agreement of the sentinels' });
    await eventually(() => this.isWhole(master), { ...PATIENCE, what: 'a whole group' });
    return master;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.stop()));
    untrack(this);
  }

  private async launch(): Promise<void> {
    for (let n = 0; n < SERVERS; n += 1) this.servers.push(await RedisTestServer.start(this.serverOptions()));
    await this.replicate();
    const [master] = this.servers;
    if (master === undefined) return;
    for (let n = 0; n < SENTINELS; n += 1)
      this.sentinels.push(await RedisTestServer.start(this.sentinelOptions(master)));
    await this.heal();
  }

  /** The first server becomes the master of the others, which a sentinel then learns from its first question. */
  private async replicate(): Promise<void> {
    const [master, ...replicas] = this.servers;
    if (master === undefined) return;
    for (const replica of replicas) await replica.command('REPLICAOF', master.host, master.port);
    await eventually(() => this.areSynced(replicas), { ...PATIENCE, what: 'first sync' });
  }

  private async agreed(): Promise<RedisTestServer | undefined> {
    const named = await Promise.all(this.sentinels.map((sentinel) => this.master(sentinel)));
    const [first] = named;
    const flags = await Promise.all(this.sentinels.map((sentinel) => this.flagsOf(sentinel)));
    // During a fail-over they still name the old master, but say that there is one.
    const isQuiet = flags.every((flag) => flag === 'master');
    const isAgreed = isQuiet && first?.isRunning === true && named.every((server) => server === first);
    return isAgreed && (await roleOf(first)) === 'master' ? first : undefined;
  }

  private async isWhole(master: RedisTestServer): Promise<boolean> {
    const replicas = this.servers.filter((server) => server !== master);
    // A sentinel waits some ten seconds before it makes a replica of a master that came back.
    for (const replica of replicas) {
      if ((await masterPortOf(replica)) !== master.port) await replica.command('REPLICAOF', master.host, master.port);
    }
    if (!(await this.areSynced(replicas))) return false;
    const known = await Promise.all(this.sentinels.map((sentinel) => this.isWellKnown(sentinel)));
    return known.every(Boolean);
  }

  private async flagsOf(sentinel: RedisTestServer): Promise<string | undefined> {
    return toFields(await sentinel.command('SENTINEL', 'MASTER', this.name))['flags'];
  }

  private async areSynced(replicas: readonly RedisTestServer[]): Promise<boolean> {
    const infos = await Promise.all(replicas.map((replica) => replica.command('INFO', 'replication')));
    return infos.every((info) => String(info).includes('master_link_status:up'));
  }

  private async isWellKnown(sentinel: RedisTestServer): Promise<boolean> {
    const master = toFields(await sentinel.command('SENTINEL', 'MASTER', this.name));
    const replicas = await sentinel.command('SENTINEL', 'REPLICAS', this.name);
    const flags = Array.isArray(replicas) ? replicas.map((replica) => toFields(replica)['flags']) : [];
    return (
      master['flags'] === 'master'
      && master['num-other-sentinels'] === String(SENTINELS - 1)
      && flags.length === SERVERS - 1
      && flags.every((flag) => flag === 'slave')
    );
  }

  private at(port: number): RedisTestServer {
    const found = this.servers.find((server) => server.port === port);
    if (found === undefined) throw new Error(`No server of the group is at port ${port}`);
    return found;
  }

  private serverOptions(): RedisTestServerOptions {
    const { config = [], ...server } = this.options.server ?? {};
    return {
      ...server,
      config: [
        // As a master with replicas it would wait five seconds for more of them.
        'repl-diskless-sync-delay 0',
        `masteruser ${PROBE_USER}`,
        `masterauth ${PROBE_PASSWORD}`,
        ...(server.tls === undefined ? [] : ['tls-replication yes']),
        ...config,
      ],
    };
  }

  private sentinelOptions(master: RedisTestServer): RedisTestServerOptions {
    const isTls = this.options.server?.tls !== undefined || this.options.sentinel?.tls !== undefined;
    const { name } = this;
    return sentinelOf(name, master, {
      ...this.options.sentinel,
      config: [
        ...(isTls ? ['tls-replication yes'] : []),
        `sentinel down-after-milliseconds ${name} ${this.options.downAfterMs ?? DOWN_AFTER_MS}`,
        `sentinel failover-timeout ${name} ${FAILOVER_TIMEOUT_MS}`,
        `sentinel parallel-syncs ${name} 2`,
        `sentinel sentinel-user ${PROBE_USER}`,
        `sentinel sentinel-pass ${PROBE_PASSWORD}`,
      ],
    });
  }
}

/**
 * The options of a sentinel that watches one server. Alone it promotes nobody, and goes on naming what it was told: so
 * does one that was cut off from the others.
 */
export function sentinelOf(
  name: string,
  master: RedisTestServer,
  { config = [], ...options }: RedisTestServerOptions = {},
): RedisTestServerOptions {
  return {
    ...options,
    args: ['--sentinel'],
    config: [
      `sentinel monitor ${name} ${master.host} ${master.port} ${QUORUM}`,
      `sentinel auth-user ${name} ${PROBE_USER}`,
      `sentinel auth-pass ${name} ${PROBE_PASSWORD}`,
      ...config,
    ],
  };
}

async function roleOf(server: RedisTestServer): Promise<string> {
  const role = await server.command('ROLE');
  return Array.isArray(role) ? String(role[0]) : 'none';
}

async function masterPortOf(server: RedisTestServer): Promise<number> {
  return Number(/master_port:(\d+)/.exec(String(await server.command('INFO', 'replication')))?.[1]);
}

function toFields(reply: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(reply)) return {};
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < reply.length; at += 2) pairs.push([String(reply[at]), String(reply[at + 1])]);
  return Object.fromEntries(pairs);
}
