import { memoryOf, roleOf } from '../../../lib/health/server-info.js';

const info = (...lines: string[]): string => ['# Memory', ...lines, ''].join('\r\n');

describe('INFO', () => {
  it('tells memory, and the share of the limit where there is one', () => {
    const text = info('used_memory:900', 'used_memory_human:900B', 'maxmemory:1000', 'maxmemory_policy:noeviction');
    expect(memoryOf(text)).toEqual({ usedBytes: 900, maxBytes: 1000, ratio: 0.9, refusesWhenFull: true });
    expect(memoryOf(info('used_memory:900', 'maxmemory:0', 'maxmemory_policy:allkeys-lru'))).toEqual({
      usedBytes: 900,
      refusesWhenFull: false,
    });
  });

  it('tells nothing where the text is another', () => {
    expect(memoryOf('')).toBeUndefined();
    expect(memoryOf(info('used_memory:much'))).toBeUndefined();
    expect(roleOf('')).toBeUndefined();
    expect(roleOf('role:sentinel')).toBeUndefined();
  });

  it('tells the role', () => {
    expect(roleOf(info('role:master'))).toBe('master');
    expect(roleOf(info('role:slave'))).toBe('replica');
  });
});
