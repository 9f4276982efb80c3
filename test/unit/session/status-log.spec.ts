import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StatusLog } from '../../../lib/session/status-log.js';

describe('StatusLog', () => {
  let lines: string[];
  let log: StatusLog;

  const bad = (): void => log.say('error', 'degraded');
  const good = (): void => log.say('log', 'well');

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    log = new StatusLog({ log: (text: string) => lines.push(text), error: (text: string) => lines.push(text) });
  });
  afterEach(() => void jest.useRealTimers());

  it('says the first change of each kind at once', () => {
    bad();
    good();
    expect(lines).toEqual(['degraded', 'well']);
  });

  it('says at most one line of each kind in 30 s, and how many it left out', () => {
    for (let cycle = 0; cycle < 100; cycle += 1) {
      bad();
      jest.advanceTimersByTime(100);
      good();
      jest.advanceTimersByTime(100);
    }
    expect(lines).toEqual(['degraded', 'well']);
    jest.advanceTimersByTime(60_000);
    bad();
    expect(lines).toEqual(['degraded', 'well', 'degraded (198 more changes since the last line)']);
  });

  it('does not let a line stand that is no longer true', () => {
    bad();
    good();
    bad();
    jest.advanceTimersByTime(29_999);
    expect(lines).toEqual(['degraded', 'well']);
    jest.advanceTimersByTime(1);
    expect(lines).toEqual(['degraded', 'well', 'degraded']);
  });

  it('says nothing after its end', () => {
    bad();
    good();
    bad();
    log.end();
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual(['degraded', 'well']);
  });
});
