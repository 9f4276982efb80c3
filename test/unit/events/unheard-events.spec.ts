import { jest } from '@jest/globals';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RedisError } from '../../../lib/errors/redis.error.js';
import { LifeEvents } from '../../../lib/connection/life-events.js';
import { publishOperation } from '../../../lib/connection/publish-operation.js';
import { publishRead } from '../../../lib/context/context-events.js';
import { SessionEvents } from '../../../lib/session/session-events.js';
import { traced } from '../../../lib/utils/operation-trace.js';
import type { TracedConnection } from '../../../lib/utils/operation-trace.js';
import { Traced } from '../../../lib/utils/traced.decorator.js';
import { publishCacheAnswer, publishCacheError } from '../../../lib/utils/cache-events.js';

/** Says when anything of it is looked at. */
function untouchable<T extends object>(looks: string[]): T {
  return new Proxy({} as T, {
    get: (_target, name) => {
      looks.push(String(name));
      return undefined;
    },
    ownKeys: () => {
      looks.push('everything');
      return [];
    },
  });
}

const NAMES = [
  'state',
  'connection-error',
  'reconnect-attempt',
  'initialization',
  'operation',
  'cache',
  'breaker',
  'trace',
];
const CONSUMERS = ['session:fallback', 'session:trust', 'session:dirty', 'session:replay', 'context:read'];
const channels = [...NAMES, ...CONSUMERS].map((name) => channel(`nestjs-redis-hub:${name}`));

@Traced('cache', { call: 'get' })
class Feature {
  constructor(readonly connection: TracedConnection) {}

  async call(): Promise<void> {}
}

/** Each event once. */
function happen(looks: string[]): void {
  const life = new LifeEvents('c');
  life.attempting();
  life.attempting();
  life.failed('refused');
  life.lost('connection-lost');
  life.changed({ from: 'connecting', to: 'connected', elapsedMs: 1 });
  publishOperation('c', 'get', 0, 'ok');
  publishCacheAnswer('c', true);
  publishCacheError('c', new RedisError({ kind: 'refused', operation: 'get', message: 'no' }));
  void traced(untouchable(looks), 'connection', 'connect', async () => undefined);
  void new Feature(untouchable(looks)).call();
  const sessions = new SessionEvents('c', untouchable(looks));
  sessions.served('read', 'outage');
  sessions.trust(untouchable(looks));
  sessions.replayed('redis', untouchable(looks));
  publishRead('c', undefined, untouchable(looks), 0);
}

describe('events that nobody listens to', () => {
  afterEach(() => jest.restoreAllMocks());

  it('are not made: nothing is published, no time is taken, nothing is looked at', () => {
    const looks: string[] = [];
    const published = channels.map((one) => jest.spyOn(one, 'publish'));
    const clock = jest.spyOn(performance, 'now');
    happen(looks);
    expect(published.map(({ mock }) => mock.calls)).toEqual(channels.map(() => []));
    expect(clock).not.toHaveBeenCalled();
    expect(looks).toEqual([]);
  });

  it('would be noticed: with listeners all of that is done', () => {
    const heard: string[] = [];
    const listener = (_event: unknown, name: string | symbol): void => void heard.push(String(name));
    for (const { name } of channels) subscribe(name, listener);
    const looks: string[] = [];
    expect(() => happen(looks)).toThrow(); // what is looked at is not what it should be
    for (const { name } of channels) unsubscribe(name, listener);
    expect(heard).toContain('nestjs-redis-hub:operation');
    expect(heard.filter((name) => name === 'nestjs-redis-hub:trace')).toHaveLength(2);
    expect(looks.length).toBeGreaterThan(0);
  });
});
