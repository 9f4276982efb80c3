import { EventEmitter } from 'node:events';
import type { Subscription } from 'rxjs';
import type { IRedisClient } from 'bullmq';
import { clusterRefusal, prefixError } from './cluster-queue.js';
import { isOutage } from '../errors/is-outage.js';
import type { RedisConnection } from '../connection/redis.connection.js';
import type { StopClock } from '../connection/stop-clock.js';
import { BullAdapter, type ScriptDefinition } from './bull-adapter.js';
import { isPopped, isStreamRead } from './blocking-replies.js';
import { QueueLine, type AdapterCall } from './queue-line.js';
import { idleAnswerOf, mutedAtEnd, policyOfScript, scriptName } from './queue-policy.js';
import { RecordedTransaction } from './recorded-transaction.js';

/** The oldest server that we support: what BullMQ is told before the first connection. */
const INFO_BEFORE_CONNECTED = 'redis_version:6.2.0\r\n';

/** Commands of BullMQ's client interface that go to its adapter as they are. */
const FORWARDED = [
  'hgetall',
  'hget',
  'hmget',
  'hset',
  'hdel',
  'hexists',
  'get',
  'set',
  'del',
  'zrange',
  'zrevrange',
  'zcard',
  'zscore',
  'lrange',
  'llen',
  'ltrim',
  'lpos',
  'smembers',
  'xadd',
  'xtrim',
  'clientList',
  'clientInfo',
  'scan',
] as const satisfies readonly (keyof IRedisClient)[];

type Forwarded = (typeof FORWARDED)[number];

/**
 * What BullMQ takes for a Redis client: its `IRedisClient` on our shared connection. Producers' commands are refused at
 * once while the connection is down; workers' wait and are repeated; closing it closes nothing, for it is lent.
 *
 * @internal
 */
export abstract class QueueClient extends EventEmitter {
  readonly isCluster = false;
  /** BullMQ reads its limits here; a driver's key prefix would be one that it refuses. */
  readonly options: Readonly<Record<string, unknown>> = { maxRetriesPerRequest: null };
  protected line: QueueLine;
  protected adapter: BullAdapter;
  private subscription: Subscription;

  constructor(
    protected connection: RedisConnection,
    private readonly stopClock: StopClock,
    protected readonly scripts = new Map<string, ScriptDefinition>(),
  ) {
    super();
    this.setMaxListeners(0);
    [this.adapter, this.line, this.subscription] = this.attach(connection);
  }

  /** In the words that BullMQ waits for. */
  abstract get status(): string;
  abstract set status(value: string);

  connect(): Promise<void> {
    return this.connection.ensureReadyClient().then(() => undefined);
  }

  disconnect(): void {
    queueMicrotask(() => this.emit('end'));
  }

  quit(): Promise<string> {
    return Promise.resolve('OK');
  }

  defineCommand(name: string, definition: ScriptDefinition): void {
    this.scripts.set(name, definition);
    this.adapter.define(name, definition);
    // BullMQ asks for a property of that name before it defines a script again.
    Object.defineProperty(this, name, {
      value: (...args: unknown[]) => this.runCommand(name, args),
      configurable: true,
    });
  }

  runCommand(name: string, args: unknown[]): Promise<unknown> {
    const operation = `queue.${scriptName(name)}`;
    const astray = this.connection.guard.isCluster ? prefixError(operation, args, this.scripts.get(name)) : undefined;
    if (astray !== undefined) return Promise.reject(astray);
    const call: AdapterCall = (client) => client.runCommand(name, args);
    if (policyOfScript(name) === 'reject') return this.line.reject(operation, call);
    return mutedAtEnd(name, this.stopClock.begun, this.line.persist(operation, call, idleAnswerOf(name)));
  }

  multi(): RecordedTransaction {
    return new RecordedTransaction('multi', (replay) => this.line.transact('queue.multi', replay), this.adapter.renew);
  }

  pipeline(): RecordedTransaction {
    return new RecordedTransaction('pipeline', (replay) => this.line.transact('queue.pipeline', replay));
  }

  /** A queue that is made while Redis is out must not wait for this to know its server. */
  async info(): Promise<string> {
    try {
      return String(await this.line.reject('queue.info', (client) => client.info()));
    } catch (error) {
      // BullMQ asks once, and keeps a rejection for the life of the queue or the worker.
      if (isOutage(error)) return INFO_BEFORE_CONNECTED;
      throw error;
    }
  }

  /** The shared client keeps its name: it is not a queue's. */
  clientSetName(_name: string): Promise<unknown> {
    return Promise.resolve('OK');
  }

  bzpopmin(key: string, timeoutSeconds: number): Promise<unknown> {
    const call: AdapterCall = (client) => client.bzpopmin(key, timeoutSeconds);
    return this.line.block('queue.bzpopmin', call, timeoutSeconds * 1_000, isPopped);
  }

  xread(streams: Parameters<IRedisClient['xread']>[0], options?: { BLOCK?: number; COUNT?: number }): Promise<unknown> {
    const call: AdapterCall = (client) => client.xread(streams, options);
    return this.line.block('queue.xread', call, options?.BLOCK ?? 0, isStreamRead);
  }

  scanStream(options: Parameters<IRedisClient['scanStream']>[0]): ReturnType<IRedisClient['scanStream']> {
    const refusal = this.connection.refusal('queue.scanStream');
    if (refusal !== undefined) throw refusal;
    return this.adapter.client.scanStream(options);
  }

  /** BullMQ's `IRedisClient`, as which this is lent. */
  asBullClient(): IRedisClient {
    return this as unknown as IRedisClient;
  }

  /** Lives on another connection from now on, with the same scripts. */
  protected moveTo(connection: RedisConnection): void {
    this.subscription.unsubscribe();
    this.line.end();
    this.connection = connection;
    [this.adapter, this.line, this.subscription] = this.attach(connection);
  }

  /** What to do before BullMQ is told that the connection is ready. */
  protected beforeReady(): Promise<void> {
    return Promise.resolve();
  }

  private attach(connection: RedisConnection): [BullAdapter, QueueLine, Subscription] {
    const adapter = new BullAdapter(
      () => connection.native,
      () => connection.driver,
      () => clusterRefusal(connection),
    );
    for (const [name, definition] of this.scripts) adapter.define(name, definition);
    const subscription = connection.state$.subscribe(({ to }) => {
      if (to === 'connected') void this.beforeReady().then(() => process.nextTick(() => this.emit('ready')));
      if (to === 'reconnecting') adapter.forgetLoaded();
      if (to === 'reconnecting' || to === 'closed') this.emit('close');
      if (to === 'closed') this.emit('end');
    });
    return [adapter, new QueueLine(connection, adapter, this.stopClock, this), subscription];
  }
}

/** The rest of the interface, which needs no thought. */
for (const name of FORWARDED) {
  Object.defineProperty(QueueClient.prototype, name, {
    value(this: QueueClient, ...args: unknown[]): Promise<unknown> {
      return forward(this, name, args);
    },
  });
}

function forward(target: QueueClient, name: Forwarded, args: unknown[]): Promise<unknown> {
  const { line } = target as unknown as { line: QueueLine };
  const call = (client: IRedisClient): Promise<unknown> =>
    (client[name] as (...all: unknown[]) => Promise<unknown>).apply(client, args);
  // A queue writes this once, when it is made, and nobody repeats it for us.
  if (name === 'hset' && isQueueMeta(args[1])) return line.persist('queue.hset', call, undefined);
  return line.reject(`queue.${name}`, call);
}

function isQueueMeta(fields: unknown): boolean {
  return typeof fields === 'object' && fields !== null && 'opts.maxLenEvents' in fields;
}
