import * as fc from 'fast-check';
import { Breaker } from '../../../lib/connection/breaker.js';
import { isTelling, isVerdict, mayHurry, retryDelayMs } from '../../../lib/connection/retry-policy.js';
import { StopClock } from '../../../lib/connection/stop-clock.js';
import { REDIS_ERROR_KINDS } from '../../../lib/errors/redis-error-kind.js';
import { backoffMs } from '../../../lib/utils/backoff.js';
import { createPause } from '../../../lib/utils/pause.js';
import { deferred } from '../../support/eventually.js';

const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoff', () => {
  it('makes at most four attempts in the first second after a loss, however the dice fall', () => {
    fc.assert(
      fc.property(fc.array(luck, { minLength: 20, maxLength: 20 }), (dice) => {
        const roll = dice.values();
        let elapsedMs = 0;
        let attempts = 0;
        for (let failures = 0; elapsedMs < 1_000; failures += 1) {
          elapsedMs += backoffMs(failures, () => roll.next().value ?? 0);
          if (elapsedMs < 1_000) attempts += 1;
        }
        expect(attempts).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('waits at most two seconds, for ever', () => {
    fc.assert(
      fc.property(fc.nat(), luck, (failures, random) => {
        const ms = backoffMs(failures, () => random);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(2_000);
      }),
    );
  });

  it('grows, and is jittered over its whole width', () => {
    const ceilings = [1, 2, 3, 4, 50].map((failures) => Math.round(backoffMs(failures, () => 1)));
    expect(ceilings).toEqual([500, 1_000, 2_000, 2_000, 2_000]);
    expect(backoffMs(50, () => 0)).toBe(250);
    expect(new Set(Array.from({ length: 100 }, () => backoffMs(3))).size).toBeGreaterThan(90);
  });
});

describe('backoff of many clients that lost one server', () => {
  const EVENLY = Array.from({ length: 1_000 }, (_, at) => (at + 0.5) / 1_000);
  const waits = (failures: number): number[] => EVENLY.map((luck) => backoffMs(failures, () => luck));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const within = (values: number[], from: number, to: number): number =>
    values.filter((value) => value >= from && value < to).length;

  it('spreads them evenly first', () => {
    expect(mean(waits(3))).toBeCloseTo(1_125, -1);
    expect(within(waits(3), 250, 1_125)).toBe(500);
  });

  it('then knocks as seldom as the cap allows', () => {
    expect(mean(waits(4))).toBeGreaterThan(1_600);
    expect(mean(waits(1_000))).toBeGreaterThan(1_600);
    expect(new Set(waits(1_000)).size).toBe(1_000);
  });
});

describe('retry policy', () => {
  it('takes what the server decided for a verdict, repeated every five seconds', () => {
    const verdicts = REDIS_ERROR_KINDS.filter(isVerdict);
    expect(verdicts.toSorted()).toEqual(['auth', 'configuration', 'permission', 'tls']);
    for (const kind of verdicts) {
      expect(retryDelayMs(kind, 1)).toBe(5_000);
      expect(isTelling(kind)).toBe(true);
    }
    expect(isVerdict(undefined)).toBe(false);
    expect(isTelling(undefined)).toBe(false);
    expect(isTelling('refused')).toBe(false);
  });

  it('lets callers hurry an outage always, a verdict twice', () => {
    expect(mayHurry('refused', 1_000)).toBe(true);
    expect(mayHurry(undefined, 0)).toBe(true);
    expect([1, 2, 3, 4].map((failures) => mayHurry('auth', failures))).toEqual([true, true, false, false]);
    expect(retryDelayMs('refused', 1_000)).toBeLessThanOrEqual(2_000);
  });
});

describe('Breaker', () => {
  it('opens after so many misses in a row, and says so once', () => {
    const told: boolean[] = [];
    const breaker = new Breaker(3, (open) => told.push(open));
    breaker.missed();
    breaker.missed();
    breaker.answered();
    breaker.missed();
    breaker.missed();
    expect(breaker.isOpen).toBe(false);
    breaker.missed();
    breaker.missed();
    expect(breaker.isOpen).toBe(true);
    expect(told).toEqual([true]);
  });

  it('is closed by a probe alone, and says so once', () => {
    const told: boolean[] = [];
    const breaker = new Breaker(1, (open) => told.push(open));
    breaker.close();
    breaker.missed();
    breaker.answered();
    expect(breaker.isOpen).toBe(true);
    breaker.close();
    breaker.close();
    expect(breaker.isOpen).toBe(false);
    expect(told).toEqual([true, false]);
  });
});

describe('StopClock', () => {
  it('says when shutdown begins, and when its time is over', async () => {
    const clock = new StopClock(10);
    const passed = deferred();
    clock.passed.addEventListener('abort', () => passed.resolve());
    expect(clock.begun.aborted).toBe(false);
    clock.begin();
    clock.begin();
    expect(clock.begun.aborted).toBe(true);
    expect(clock.passed.aborted).toBe(false);
    await passed.promise;
  });

  it('is over at once when everything was closed before', () => {
    const clock = new StopClock(1_000_000);
    clock.end();
    clock.begin();
    clock.end();
    expect([clock.begun.aborted, clock.passed.aborted]).toEqual([true, true]);
  });
});

describe('a pause', () => {
  it('can be cut short, before and after its end', async () => {
    const pause = createPause(1_000_000);
    pause.end();
    await pause.done;
    pause.end();
    await createPause(0).done;
  });
});
