import { memoryTier } from '../../../lib/session/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import type { TestDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import type { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { SessionApp } from './session-app.js';
import type { Asker, Store } from './session-model.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };
const STORES = ['redis', 'postgres'] as const;
/** More than the deadline of a command: what its caller was told had failed is done all the same, and late. */
const LATE_MS = 600;

/** What may happen between a node and a store. */
export type Harm = 'cut' | 'freeze' | 'delay';

/** A node, with a network of its own to each store. */
export class ModelNode {
  app!: SessionApp;
  private tier!: SessionTier;
  private lives = 0;
  private readonly broken = new Map<Store, Harm>();
  /** Stores that it may not have found again yet. */
  private readonly doubted = new Set<Store>();
  private hasNoticed = false;
  isRedisDown = false;

  private constructor(
    readonly name: string,
    private readonly driver: TestDriver,
    private readonly proxies: Readonly<Record<Store, TcpProxy>>,
    private readonly postgresUrl: string,
    private readonly table: string,
  ) {}

  static async start(
    name: string,
    driver: TestDriver,
    redis: RedisTestServer,
    postgres: PostgresTestServer,
    table: string,
  ): Promise<ModelNode> {
    const proxies = { redis: await TcpProxy.start(redis), postgres: await TcpProxy.start(postgres) };
    const url = postgres.url.replace(`:${postgres.port}`, `:${proxies.postgres.port}`);
    const node = new ModelNode(name, driver, proxies, url, table);
    await node.boot();
    await node.app.until(WELL);
    return node;
  }

  get life(): string {
    return `${this.name}#${this.lives}`;
  }

  get isWell(): boolean {
    const status = this.app.sessions.status();
    return status.tier === 'redis' && !status.degraded && status.trusted && this.tier.isAvailable;
  }

  /** With the stores that it surely reaches: no fault is between them, and none was that it has not recovered from. */
  asker(): Asker {
    if (this.broken.size === 0 && !this.isRedisDown && this.hasNoticed && this.isWell) this.doubted.clear();
    const open = STORES.filter((store) => !this.broken.has(store) && !(store === 'redis' && this.isRedisDown));
    // A busy machine may make a node give Postgres up for a while: then its memory answers alone.
    const isGivenUp = (store: Store): boolean => store === 'postgres' && !this.tier.isAvailable;
    const reach = new Set(open.filter((store) => !this.doubted.has(store) && !isGivenUp(store)));
    return { life: this.life, reach, isAlone: open.length === 0 };
  }

  async harm(how: Harm, store: Store): Promise<void> {
    this.doubt(store);
    this.broken.set(store, how);
    const proxy = this.proxies[store];
    if (how === 'freeze') proxy.mute();
    else if (how === 'delay') proxy.delay(LATE_MS);
    else {
      await proxy.refuse();
      proxy.reset();
    }
  }

  /** The store itself is not what it was. */
  doubt(store: Store): void {
    this.doubted.add(store);
    this.hasNoticed = false;
  }

  /** What was lost on its way takes its socket with it; what is late still comes. */
  async heal(): Promise<void> {
    for (const [store, how] of this.broken) {
      if (how !== 'delay') this.proxies[store].reset();
      await this.proxies[store].pass();
    }
    this.broken.clear();
  }

  async reboot(): Promise<void> {
    await this.app.stop();
    for (const store of STORES) this.doubt(store);
    await this.boot();
    this.hasNoticed = true; // it was not there when anything happened
  }

  /** In step with everything, after whatever it has not noticed yet. */
  async settle(): Promise<void> {
    for (let time = 0; time < 2; time += 1) {
      await this.app.sessions.get('probe').catch(() => undefined);
      await eventually(() => this.isWell, { timeoutMs: 30_000, what: `node ${this.name} in step: ${this.report}` });
    }
    this.doubted.clear();
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await Promise.all(STORES.map((store) => this.proxies[store].stop()));
  }

  private get report(): string {
    return JSON.stringify(this.app.sessions.status());
  }

  private async boot(): Promise<void> {
    this.lives += 1;
    this.tier = postgresTier({
      connectionString: this.postgresUrl,
      table: this.table,
      maxConnections: 4,
      timeoutMs: 400,
    });
    this.app = await SessionApp.start(this.driver, undefined, {
      redis: { enabled: true, url: this.proxies.redis.url, boot: 'degrade' },
      session: { fallback: [this.tier, memoryTier()] },
    });
    this.app.sessions.status$.subscribe(({ degraded }) => {
      if (degraded) this.hasNoticed = true;
    });
  }
}

/** Two nodes on one Redis and one table of Postgres, and everything that can happen to them. */
export class ModelWorld {
  private files = 0;

  private constructor(
    readonly redis: RedisTestServer,
    readonly nodes: readonly ModelNode[],
  ) {}

  static async start(driver: TestDriver, postgres: PostgresTestServer, table: string): Promise<ModelWorld> {
    const redis = await RedisTestServer.start();
    const [one, other] = [
      await ModelNode.start('one', driver, redis, postgres, table),
      await ModelNode.start('other', driver, redis, postgres, table),
    ];
    return new ModelWorld(redis, [one, other]);
  }

  /** What Redis alone was told of, since Postgres was slow for once, is no part of the promise once Redis is gone too. */
  async untilCopied(): Promise<void> {
    if (!this.redis.isRunning || this.nodes.some((node) => !node.asker().reach.has('postgres'))) return;
    await eventually(() => this.redis.command('EXISTS', 'dialog:session:%pending').then((count) => count === 0), {
      timeoutMs: 30_000,
      what: 'nothing that Postgres has to be told',
    });
  }

  save(): Promise<unknown> {
    return this.redis.isRunning ? this.redis.command('SAVE') : Promise.resolve();
  }

  /** Redis is killed, until all is healed. */
  async kill(): Promise<void> {
    for (const node of this.nodes) {
      node.doubt('redis');
      node.isRedisDown = true;
    }
    await this.redis.kill();
  }

  /** Redis is killed, and back at once: empty, or with what it saved last. */
  async lose(isEmpty: boolean): Promise<void> {
    await this.kill();
    if (isEmpty) this.files += 1;
    await this.redis.restart(`dbfilename data-${this.files}.rdb`);
    for (const node of this.nodes) node.isRedisDown = false;
  }

  async heal(): Promise<void> {
    if (!this.redis.isRunning) await this.lose(true);
    for (const node of this.nodes) await node.heal();
  }

  async settle(): Promise<void> {
    await this.heal();
    for (const node of this.nodes) await node.settle();
    await this.untilCopied();
  }

  async stop(): Promise<void> {
    await this.heal();
    for (const node of this.nodes) await node.stop();
    await this.redis.stop();
  }
}
