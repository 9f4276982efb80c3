import { readClusterMap } from '../../../lib/drivers/cluster/cluster-map.js';
import { endpointText } from '../../../lib/connection/endpoint-text.js';
import { mostTelling } from '../../../lib/drivers/cluster/most-telling.js';
import { toRedisError } from '../../../lib/errors/to-redis-error.js';
import { isReopenWorthy } from '../../../lib/errors/is-reopen-worthy.js';

const ASKED = { host: 'asked', port: 1 };
const asItIs = (endpoint: typeof ASKED): typeof ASKED => endpoint;
const reply = (text: string): Error => Object.assign(new Error(text), { name: 'ReplyError' });

describe('the map of a cluster', () => {
  it('names masters and replicas once each, at the addresses that we can reach', () => {
    const slots = [
      [0, 5_000, ['a', 1, 'id'], ['c', 3, 'id']],
      [5_001, 10_000, ['b', '2', 'id', ['hostname', 'x']]],
      [10_001, 16_383, ['a', 1, 'id']],
    ];
    const map = readClusterMap(slots, ASKED, ({ host, port }) => ({ host: `${host}.tunnel`, port }));
    const [a, b, c] = ['a', 'b', 'c'].map((host, n) => ({ host: `${host}.tunnel`, port: n + 1 }));
    expect(map).toEqual({ masters: [a, b], nodes: [a, c, b] });
  });

  it.each([[''], [null], ['?']])('takes a node that calls itself %j to be where it was asked', (host) => {
    expect(readClusterMap([[0, 16_383, [host, 7]]], ASKED, asItIs).masters).toEqual([{ host: 'asked', port: 7 }]);
  });

  it.each([[[]], [[[0, 16_382, ['a', 1]]]]])('is refused with slots that nobody serves: %j', (slots) => {
    expect(() => readClusterMap(slots, ASKED, asItIs)).toThrow(/serves \d+ of its 16384 slots/);
  });

  it.each([[0], [70_000], [1.5], ['x'], [undefined]])('is refused with a master at port %j', (port) => {
    const slots = [
      [0, 100, ['a', 1]],
      [101, 16_383, ['b', port]],
    ];
    expect(() => readClusterMap(slots, ASKED, asItIs)).toThrow(/serves 101 of its 16384 slots/);
  });

  it.each([[[-1, 16_382]], [[1, 16_384]], [[16_383, 0]], [['a', 'b']], [[0, 1e9]]])(
    'takes %j for no range of slots',
    (range) => {
      expect(() => readClusterMap([[...range, ['a', 1]]], ASKED, asItIs)).toThrow(/serves 0 of its 16384 slots/);
    },
  );

  it.each(['evil\nname', 'a b', 'x'.repeat(256)])('knows no node named %j', (host) => {
    const slots = [[0, 16_383, ['a', 1], [host, 2], ['c', 0]]];
    expect(readClusterMap(slots, ASKED, asItIs).nodes).toEqual([{ host: 'a', port: 1 }]);
  });

  it.each([['OK'], [null], [7]])('is refused where it is none: %j', (answer) => {
    expect(() => readClusterMap(answer, ASKED, asItIs)).toThrow('is it Redis?');
  });
});

describe('errors of a cluster', () => {
  it.each([
    ["CROSSSLOT Keys in request don't hash to the same slot", 'cluster', 'hash tag'],
    ['MOVED 12 10.0.0.1:6379', 'cluster', 'REDIS_CLUSTER=true'],
    ['ASK 12 10.0.0.1:6379', 'cluster', 'REDIS_CLUSTER=true'],
    ['CLUSTERDOWN Hash slot not served', 'cluster', 'CLUSTER NODES'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'cluster', 'try again'],
    ['ERR This instance has cluster support disabled', 'configuration', 'leave cluster (REDIS_CLUSTER) out'],
  ])('%s: kind %s, and what to do', (text, kind, advice) => {
    const error = toRedisError(reply(text), { operation: 'get' });
    expect(error).toMatchObject({ redisErrorKind: kind, outcome: 'rejected' });
    expect(error.message).toContain(advice);
  });

  it('reopen where slots are not served', () => {
    expect(isReopenWorthy(reply('CLUSTERDOWN The cluster is down'))).toBe(true);
    expect(isReopenWorthy(reply('CROSSSLOT no'))).toBe(false);
  });

  it('are told by the one that tells most', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:1'), { code: 'ECONNREFUSED' });
    const login = reply('WRONGPASS invalid username-password pair');
    expect(mostTelling([new Error('None of startup nodes is available'), refused])).toBe(refused);
    expect(mostTelling([refused, login, new Error('Connection is closed.')])).toBe(login);
    expect(mostTelling([])).toBeUndefined();
  });
});

describe('the address of a cluster', () => {
  it('is its seeds, of many the first three', () => {
    const seeds = ['a', 'b', '::1', 'd', 'e'].map((host) => ({ host, port: 7_000 }));
    const text = (count: number): string => {
      const [first, ...others] = seeds.slice(0, count);
      return endpointText({ endpoint: first!, cluster: [first!, ...others] });
    };
    expect(text(2)).toBe('a:7000,b:7000');
    expect(text(5)).toBe('a:7000,b:7000,[::1]:7000,+2');
  });
});
