import type { RequestHandler } from 'express';
import session from 'express-session';
import type { SessionOptions } from 'express-session';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { ExpressSessionStore } from '../../../lib/session/express.js';
import type { SessionModuleOptions } from '../../../lib/session/index.js';
import { encodeId } from '../../../lib/utils/encode-id.js';
import type { TestDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import type { RedisTestServerOptions } from '../../support/redis-server.js';
import { BehaviourWeb } from './behaviour-web.js';
import type { Act } from './behaviour-web.js';
import { SessionApp } from './session-app.js';
import { storedData } from './stored-session.js';

/** The store, and in which order the middleware called it. */
export class RecordingStore extends ExpressSessionStore {
  readonly calls: string[] = [];

  override get(...args: Parameters<ExpressSessionStore['get']>): void {
    this.calls.push('get');
    super.get(...args);
  }

  override set(...args: Parameters<ExpressSessionStore['set']>): void {
    this.calls.push('set');
    super.set(...args);
  }

  override destroy(...args: Parameters<ExpressSessionStore['destroy']>): void {
    this.calls.push('destroy');
    super.destroy(...args);
  }

  override touch(...args: Parameters<ExpressSessionStore['touch']>): void {
    this.calls.push('touch');
    super.touch(...args);
  }
}

/** For a node whose Redis is slow because the machine is, which is no outage. */
export function patient(deadlineMs = 8_000): Pick<RedisModuleOptions, 'commandTimeoutMs' | 'watchdogIntervalMs'> {
  return { commandTimeoutMs: deadlineMs, watchdogIntervalMs: deadlineMs };
}

export interface BedOptions {
  readonly options?: SessionModuleOptions;
  readonly server?: RedisTestServerOptions;
  /** What a frozen Redis costs. @default what no busy machine takes */
  readonly deadlineMs?: number;
  /** Whether the node reaches Redis by its unix socket. */
  readonly isSocket?: boolean;
}

/** One Redis and one node for many tests; each begins with a store of its own, and with no web application. */
export class BehaviourBed {
  store: RecordingStore;
  private webs: BehaviourWeb[] = [];

  private constructor(
    readonly server: RedisTestServer,
    readonly app: SessionApp,
  ) {
    this.store = new RecordingStore(app.sessions);
  }

  static async start(driver: TestDriver, { options = {}, server: config = {}, deadlineMs, isSocket }: BedOptions = {}) {
    const server = await RedisTestServer.start(config);
    const patience = patient(deadlineMs);
    const redis = isSocket ? { ...patience, url: `unix://${server.login}${server.socketPath}` } : patience;
    return new BehaviourBed(
      server,
      await SessionApp.start(driver, server, { redis, session: { ttlMs: 50_000, ...options } }),
    );
  }

  /** An application with the middleware of these options on the store. */
  async web(options: Partial<SessionOptions>, act: Act, ...before: RequestHandler[]): Promise<BehaviourWeb> {
    const web = await BehaviourWeb.start({ store: this.store, ...options }, act, ...before);
    this.webs.push(web);
    return web;
  }

  /** An application with several middlewares, all on the store. */
  async webOf(act: Act, ...all: Partial<SessionOptions>[]): Promise<BehaviourWeb> {
    const defaults = { store: this.store, secret: 'test', resave: false, saveUninitialized: false };
    const web = await BehaviourWeb.serve(act, ...all.map((options) => session({ ...defaults, ...options })));
    this.webs.push(web);
    return web;
  }

  /** What Redis holds: undefined for no such key, null for a tombstone. */
  async stored(id: string): Promise<Record<string, unknown> | null | undefined> {
    const text = await storedData(this.server, keyOf(id));
    return text === undefined ? undefined : text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
  }

  /** Milliseconds that the session has left in Redis; negative where there is none. */
  async leftMs(id: string): Promise<number> {
    return Number(await this.server.command('PTTL', keyOf(id)));
  }

  /** In place of a session, what no session can be: each call for it fails. */
  async spoil(id: string): Promise<void> {
    await this.server.command('DEL', keyOf(id));
    await this.server.command('LPUSH', keyOf(id), 'none');
  }

  /** After each test. */
  async clean(): Promise<void> {
    await Promise.all(this.webs.map((web) => web.stop()));
    this.webs = [];
    this.store.onApplicationShutdown();
    this.store = new RecordingStore(this.app.sessions);
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.server.stop();
  }
}

/** Where a session is. */
export function keyOf(id: string): string {
  return `dialog:session:${encodeId(id)}`;
}
