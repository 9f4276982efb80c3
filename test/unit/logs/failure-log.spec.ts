import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RedisErrorKind } from '../../../lib/errors/redis-error-kind.js';
import { RedisError } from '../../../lib/errors/redis.error.js';
import { FailureLog } from '../../../lib/utils/failure-log.js';

const WINDOW_MS = 60_000;

describe('FailureLog', () => {
  let lines: string[];
  let log: FailureLog;

  const fail = (kind: RedisErrorKind, operation = 'get', isExplained = false): void =>
    log.add(new RedisError({ kind, operation, elapsedMs: 12.4, message: 'of the key hidden' }), isExplained);

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    log = new FailureLog(WINDOW_MS, (text) => lines.push(text));
  });
  afterEach(() => void jest.useRealTimers());

  it('tells the first of a kind with operation, time and what to do, and never its message', () => {
    fail('wrong-type');
    expect(lines).toEqual([
      'get failed after 12 ms [wrong-type] The key holds another type of value: something else writes to the same key.',
    ]);
    log.add(new RedisError({ kind: 'serialization', message: 'hidden' }), false);
    expect(lines[1]).toMatch(/^call failed \[serialization\] The value /);
  });

  it('counts those that follow, and says so once at the end of the window', () => {
    fail('wrong-type');
    for (let n = 0; n < 7; n += 1) fail('wrong-type');
    fail('wrong-type', 'set');
    expect(lines).toHaveLength(1);
    jest.advanceTimersByTime(WINDOW_MS);
    expect(lines.slice(1)).toEqual(['8 more calls failed within a minute: get [wrong-type] 7, set [wrong-type] 1']);
    jest.advanceTimersByTime(10 * WINDOW_MS);
    expect(lines).toHaveLength(2);
    fail('wrong-type');
    expect(lines).toHaveLength(3);
  });

  it('tells two kinds in a window, and counts what another line explains', () => {
    fail('command-timeout', 'get', true);
    for (const kind of ['auth', 'busy', 'loading'] as const) fail(kind);
    expect(lines.map((line) => /\[(.*)\]/.exec(line)?.[1])).toEqual(['auth', 'busy']);
    log.end();
    expect(lines[2]).toBe('2 more calls failed within a minute: get [command-timeout] 1, get [loading] 1');
  });

  it('names the three that were most, and bounds what it remembers', () => {
    for (let n = 0; n < 1_000; n += 1) fail('busy', `script-${n}`);
    for (let n = 0; n < 5; n += 1) fail('busy', 'script-7');
    log.end();
    expect(lines[1]).toBe(
      '1004 more calls failed within a minute: script-7 [busy] 6, script-1 [busy] 1, script-2 [busy] 1, others 996',
    );
  });

  it('has nothing to say at the end where nothing was counted', () => {
    fail('busy');
    log.end();
    log.end();
    expect(lines).toHaveLength(1);
  });
});
