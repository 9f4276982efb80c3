import { trendOf } from '../../long/trend.js';

const series = (of: (n: number) => number): number[] => Array.from({ length: 80 }, (_, n) => of(n));
/** The same every time, and without a trend. */
const noise = (n: number): number => ((n * 7_919) % 101) / 101 - 0.5;

describe('the trend of samples', () => {
  it('is flat for what is constant, and for what only wavers', () => {
    expect(
      trendOf(
        series(() => 3),
        0,
      ),
    ).toMatchObject({ first: 3, early: 3, late: 3, slope: 0, isFlat: true });
    expect(trendOf(series(noise), 0.5).isFlat).toBe(true);
  });

  it('passes over a warming up, and over outliers', () => {
    expect(
      trendOf(
        series((n) => Math.min(n, 15)),
        0,
      ).isFlat,
    ).toBe(true);
    expect(
      trendOf(
        series((n) => (n % 10 === 0 ? 100 : 3)),
        0,
      ).isFlat,
    ).toBe(true);
  });

  it('sees what grows steadily, under noise too', () => {
    expect(
      trendOf(
        series((n) => 3 + Math.floor(n / 10)),
        0,
      ).isFlat,
    ).toBe(false);
    expect(
      trendOf(
        series((n) => 20 + n * 0.05 + noise(n)),
        1,
      ).isFlat,
    ).toBe(false);
  });

  it('sees what grew once and stayed', () => {
    expect(
      trendOf(
        series((n) => (n < 55 ? 3 : 4)),
        0,
      ).isFlat,
    ).toBe(false);
  });

  it('does not judge by a handful', () => {
    expect(trendOf([1, 1, 1, 1], 0).isFlat).toBe(false);
  });
});
