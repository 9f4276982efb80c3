import { spreadOf, textOf, verdictOf, type Spread } from './statistics.js';

/** One thing to measure: does `count` operations, `inFlight` at a time. */
export interface Contestant {
  readonly name: string;
  readonly operate: () => Promise<unknown>;
}

export interface Match {
  /** What the others are measured against, twice: as the base, and as its own control. */
  readonly base: Contestant;
  readonly control: Contestant;
  readonly others: readonly Contestant[];
  readonly inFlight: number;
  readonly rounds: number;
  readonly sliceMs: number;
}

export interface Row {
  readonly name: string;
  readonly ratio: Spread;
  readonly verdict: string;
}

/** Operations a second of each, in turn and in another order each round, so that a drift of the machine hits all. */
export async function play(match: Match): Promise<{ perSecond: number; control: Spread; rows: Row[] }> {
  const all = [match.base, match.control, ...match.others];
  const figures = new Map<Contestant, number[]>(all.map((one) => [one, []]));
  for (const one of all) await slice(one, match.inFlight, match.sliceMs);
  for (let round = 0; round < match.rounds; round++) {
    for (let i = 0; i < all.length; i++) {
      const one = all[(i + round) % all.length] as Contestant;
      figures.get(one)?.push(await slice(one, match.inFlight, match.sliceMs));
    }
  }
  const bases = figures.get(match.base) ?? [];
  const ratios = (one: Contestant): Spread =>
    spreadOf((figures.get(one) ?? []).map((figure, round) => figure / (bases[round] as number)));
  const control = ratios(match.control);
  const rows = match.others.map((one) => {
    const ratio = ratios(one);
    return { name: one.name, ratio, verdict: verdictOf(ratio, control) };
  });
  return { perSecond: spreadOf(bases).median, control, rows };
}

async function slice(one: Contestant, inFlight: number, ms: number): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - startedAt < ms) {
      await one.operate();
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (done * 1_000) / (performance.now() - startedAt);
}

export function printMatch(title: string, played: Awaited<ReturnType<typeof play>>): void {
  const base = `${Math.round(played.perSecond / 1_000)}k/s`;
  process.stdout.write(`${title.padEnd(28)} ${base.padStart(7)}  control ${textOf(played.control)}`);
  for (const row of played.rows) process.stdout.write(`  ${row.name} ${textOf(row.ratio)} ${row.verdict}`);
  process.stdout.write('\n');
}
