import * as fc from 'fast-check';
import { config } from 'rxjs';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { RedisConnection } from '../../../lib/connection/redis.connection.js';
import type { CommandSender } from '../../../lib/commands/command-sender.interface.js';
import type { DriverClient } from '../../../lib/drivers/driver.interface.js';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import type { RedisStateChange } from '../../../lib/interfaces/redis-state.interface.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';

/** A client whose server is up, down, refusing or silent, as told. */
class ScriptedClient implements DriverClient {
  readonly driver = 'ioredis';
  readonly native = { status: 'ready' } as RedisClient;
  isReady = false;
  open = 0;
  mostOpen = 0;
  server: 'up' | 'down' | 'refusing' | 'silent' = 'up';
  private lost: (reason: unknown) => void = () => undefined;
  private interrupt: (error: Error) => void = () => undefined;

  readonly send = ([name]: readonly string[]): Promise<unknown> => {
    if (this.server === 'silent') return new Promise(() => undefined);
    return name === 'PING' ? Promise.resolve('PONG') : Promise.reject(new Error('NOPERM no'));
  };

  nodes(): readonly CommandSender[] {
    return [this.send];
  }

  aim(): void {}

  async connect(): Promise<void> {
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    await Promise.race([
      new Promise((resolve) => setImmediate(resolve)),
      new Promise<never>((_resolve, reject) => (this.interrupt = reject)),
    ]);
    if (this.server === 'down') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    if (this.server === 'refusing') throw new Error('WRONGPASS no');
    this.isReady = true;
  }

  drop(): Promise<void> {
    this.interrupt(new Error('Connection is closed.'));
    this.isReady = false;
    this.open = 0;
    return Promise.resolve();
  }

  quit(): Promise<void> {
    return this.drop();
  }

  end(): Promise<void> {
    return this.drop();
  }

  onLost(listener: (reason: unknown) => void): void {
    this.lost = listener;
  }

  lose(): void {
    if (!this.isReady) return;
    this.isReady = false;
    this.lost(new Error('read ECONNRESET'));
  }

  duplicate(): DriverClient {
    return new ScriptedClient();
  }
}

function create(connectTimeoutMs = 1_000): { client: ScriptedClient; connection: RedisConnection } {
  const settings = toRedisSettings({ host: 'h', connectTimeoutMs, commandTimeoutMs: 5, shutdownTimeoutMs: 30 });
  const connection = new RedisConnection('default', settings);
  const client = new ScriptedClient();
  connection.use(client, {});
  return { client, connection };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const ACTIONS = {
  begin: ({ connection }) => connection.begin(),
  ensure: ({ connection }) => void connection.ensureReadyClient({ timeoutMs: 20 }).catch(() => undefined),
  ensureAborted: ({ connection }) =>
    void connection.ensureReadyClient({ signal: AbortSignal.abort() }).catch(() => undefined),
  lose: ({ client }) => client.lose(),
  discard: ({ connection }) => connection.discard(new Error('forced')),
  up: ({ client }) => void (client.server = 'up'),
  down: ({ client }) => void (client.server = 'down'),
  refuse: ({ client }) => void (client.server = 'refusing'),
  ask: ({ connection }) => void connection.commands.ping().catch(() => undefined),
  close: ({ connection }) => void connection.close(),
  turn: () => turn(),
  turns: () => turn().then(turn).then(turn).then(turn),
} satisfies Record<string, (it: ReturnType<typeof create>) => void | Promise<void>>;

describe('RedisConnection', () => {
  it('makes no illegal change and holds one socket at most, whatever is done to it, and ends', async () => {
    const sentinel = ProcessSentinel.start();
    const names = fc.constantFrom(...(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(names, { maxLength: 30 }),
        fc.integer({ min: 1, max: 30 }),
        async (actions, timeoutMs) => {
          const it = create(timeoutMs);
          const changes: RedisStateChange[] = [];
          it.connection.state$.subscribe((change) => changes.push(change));
          for (const action of actions) await ACTIONS[action](it);
          await it.connection.close();
          expect(it.connection.state).toBe('closed');
          expect(changes.at(-1)?.to).toBe('closed');
          expect(changes.filter(({ to }) => to === 'closed')).toHaveLength(1);
          for (const [n, change] of changes.slice(1).entries()) expect(change.from).toBe(changes[n]?.to);
          expect(it.client.mostOpen).toBeLessThanOrEqual(1);
          expect(it.client.open).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  it('goes on when a listener of the state throws', async () => {
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => unhandled.push(error);
    const { connection, client } = create();
    connection.state$.subscribe(() => {
      throw new Error('the listener’s own');
    });
    await connection.ensureReadyClient();
    client.lose();
    await connection.ensureReadyClient();
    expect(connection.state).toBe('connected');
    await connection.close();
    await new Promise((resolve) => setTimeout(resolve, 1));
    config.onUnhandledError = null;
    expect(new Set(unhandled.map(String))).toEqual(new Set(['Error: the listener’s own']));
  });

  it('registers consumers, and takes them out again', () => {
    const { connection } = create();
    const consumer = { name: 'session', required: true, hasFallback: true, tier: () => 'redis' };
    const forget = connection.registerConsumer(consumer);
    expect(connection.consumers).toEqual([consumer]);
    forget();
    forget();
    expect(connection.consumers).toEqual([]);
  });
});
