import { memoryTier } from '../../../lib/session/index.js';
import type { SessionModuleOptions, SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import type { SessionParts } from '../../../lib/session/session.parts.js';
import type { TestDriver } from '../../support/drivers.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';

const userOf: SessionModuleOptions['userOf'] = ({ user }) => (typeof user === 'string' ? user : undefined);

/** In which stores the sessions of a test are. */
export const MODES = ['Redis alone', 'memory beside', 'Postgres beside', 'Redis out', 'Redis off'] as const;
export type Mode = (typeof MODES)[number];
/** Those in which Redis decides. */
export const WITH_REDIS: readonly Mode[] = ['Redis alone', 'memory beside', 'Postgres beside'];

/** Two nodes of one application: with Redis off and a memory alone there is one, which is both. */
export type Nodes = readonly [SessionApp, SessionApp];

/** Nodes for every mode, on two servers of Redis, of which one is out, and one of Postgres. */
export class RotationNodes {
  private readonly apps: SessionApp[] = [];
  private readonly nodes = new Map<Mode, Nodes>();

  private constructor(
    private readonly driver: TestDriver,
    private readonly redis: RedisTestServer,
    private readonly lost: RedisTestServer,
    private readonly postgres: PostgresTestServer,
  ) {}

  static async start(driver: TestDriver): Promise<RotationNodes> {
    const servers = [RedisTestServer.start(), RedisTestServer.start(), PostgresTestServer.start()] as const;
    const world = new RotationNodes(driver, ...(await Promise.all(servers)));
    await world.startAll();
    return world;
  }

  of(mode: Mode): Nodes {
    const nodes = this.nodes.get(mode);
    if (nodes === undefined) throw new Error(`no nodes for ${mode}`);
    return nodes;
  }

  async stop(): Promise<void> {
    await this.lost.restart();
    for (const app of this.apps) await app.stop();
    await Promise.all([this.redis.stop(), this.lost.stop(), this.postgres.stop()]);
  }

  private async startAll(): Promise<void> {
    const { redis, lost } = this;
    await this.pair('Redis alone', redis, () => []);
    await this.pair('memory beside', redis, () => [memoryTier()]);
    await this.pair('Postgres beside', redis, () => [this.tier('beside'), memoryTier()]);
    await this.pair('Redis out', lost, () => [this.tier('instead'), memoryTier()]);
    const off = await this.node('dialog:session:off:', undefined, [memoryTier()]);
    this.nodes.set('Redis off', [off, off]);
    await lost.kill();
    await Promise.all(this.of('Redis out').map((app) => app.until({ tier: 'postgres' })));
  }

  private async pair(mode: Mode, server: RedisTestServer, tiers: () => SessionTier[]): Promise<void> {
    const prefix = `dialog:session:${mode.replaceAll(' ', '-')}:`;
    this.nodes.set(mode, [await this.node(prefix, server, tiers()), await this.node(prefix, server, tiers())]);
  }

  private async node(
    keyPrefix: string,
    server: RedisTestServer | undefined,
    fallback: SessionTier[],
  ): Promise<SessionApp> {
    const app = await SessionApp.start(this.driver, server, { session: { userOf, keyPrefix, fallback } });
    this.apps.push(app);
    if (server !== undefined) await app.until({ tier: 'redis', degraded: false });
    return app;
  }

  private tier(table: string): SessionTier {
    return postgresTier({ connectionString: this.postgres.url, table: `sessions_${table}` });
  }
}

/** What the nodes do, by the part that does it. */
const STEPS = { plant: 'writer', keepCopy: 'writer', end: 'replacer', destroy: 'writer', find: 'rotation' } as const;
export type Step = keyof typeof STEPS;

/** Runs something once, at the moment before this node takes a step: the order is given, nothing is faked. */
export function once(node: SessionApp, step: Step, act: () => Promise<unknown>): void {
  const owner = (Reflect.get(node.sessions, 'parts') as SessionParts)[STEPS[step]];
  const taken = Reflect.get(owner, step).bind(owner) as (...args: unknown[]) => Promise<unknown>;
  Reflect.set(owner, step, async (...args: unknown[]) => {
    Reflect.deleteProperty(owner, step);
    await act();
    return taken(...args);
  });
}
