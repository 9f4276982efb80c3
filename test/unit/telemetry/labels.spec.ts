import { BoundedLabel } from '../../../lib/telemetry/bounded-label.js';
import { FollowedNames } from '../../../lib/telemetry/followed-names.js';

describe('a bounded label', () => {
  it('tells apart so many names, for good', () => {
    const label = new BoundedLabel(2);
    expect(['a', 'b', 'c', 'a', 'd', 'b'].map((name) => label.of(name))).toEqual([
      'a',
      'b',
      'other',
      'a',
      'other',
      'b',
    ]);
  });

  it.each(['user 7', 'a@b', '', 'x'.repeat(65), 'chat\n1', '"', 'ünïcode', 'a/b'])('takes %j for no name', (name) => {
    expect(new BoundedLabel().of(name)).toBe('other');
  });

  it.each(['get', 'lpushRecent', 'session.put', 'bull:worker', 'node-redis'])('takes %j for a name', (name) => {
    expect(new BoundedLabel().of(name)).toBe(name);
  });
});

describe('followed names', () => {
  it('give a duplicate to its connection, also where names have slashes', () => {
    const names = new FollowedNames();
    names.follow(['default', 'a/b']);
    const of = (name: string) => names.originOf(name);
    expect(of('default')).toEqual({ connection: 'default', isDuplicate: false });
    expect(of('default/events')).toEqual({ connection: 'default', isDuplicate: true });
    expect(of('default/x/y')).toEqual({ connection: 'default', isDuplicate: true });
    expect(of('a/b')).toEqual({ connection: 'a/b', isDuplicate: false });
    expect(of('a/b/c')).toEqual({ connection: 'a/b', isDuplicate: true });
    expect([of('a'), of('a/c'), of('defaults'), of('/default')]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('are followed until the last who followed them left, once each', () => {
    const names = new FollowedNames();
    const [one, other] = [names.follow(['a', 'b']), names.follow(['b'])];
    one();
    one();
    expect([names.originOf('a'), names.originOf('b')]).toEqual([undefined, { connection: 'b', isDuplicate: false }]);
    other();
    expect(names.isEmpty).toBe(true);
  });
});
