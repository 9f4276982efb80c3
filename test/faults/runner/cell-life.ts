import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerPlay, FaultConsumer } from '../consumers/consumer.js';
import type { FaultRow } from '../rows/row.js';
import type { World } from '../topologies/world.js';
import type { AppProcess } from './app-process.js';
import type { CellReport, FaultCell } from './cell.js';
import type { CellChecks } from './cell-checks.js';
import type { CellTools } from './cell-tools.js';
import { DURING_MS, KNOWN_MS, RECOVER_MS, REPLICATED_MS } from './limits.js';
import type { Rounds } from './rounds.js';
import type { Violations } from './violation.js';

interface LifeParts {
  readonly cell: FaultCell;
  readonly world: World;
  readonly app: AppProcess;
  readonly rounds: Rounds;
  readonly checks: CellChecks;
  readonly plays: Map<FaultConsumer, ConsumerPlay>;
  readonly violations: Violations;
  readonly tools: CellTools;
}

/** What happens to an app that has booted, up to its end: all is well, the fault, all is well again. */
export class CellLife {
  private recoveredMs: number | undefined;
  private lost = 0;

  constructor(private readonly parts: LifeParts) {}

  get report(): Pick<CellReport, 'recoveredMs' | 'lost'> {
    return {
      ...(this.recoveredMs !== undefined && { recoveredMs: this.recoveredMs }),
      ...(this.row.loses && { lost: this.lost }),
    };
  }

  async live(): Promise<void> {
    const { world, app, checks, tools } = this.parts;
    const { row } = this;
    await row.prepare?.(world, tools);
    if (!row.atStart) await this.begin();
    const [linesBefore, faultAt] = [app.lines, performance.now()];
    if (!row.atStart) await this.inflict();
    if (row.lift !== undefined || row.endsDuring || row.inflict === undefined) await this.during();
    if (!row.endsDuring) await this.recover();
    checks.lines(app.lines - linesBefore, performance.now() - faultAt);
    await checks.own('end');
  }

  private get row(): FaultRow {
    return this.parts.cell.row;
  }

  /** All is well: everything is answered by Redis, over exactly the sockets that it takes. */
  private async begin(): Promise<void> {
    const { rounds, checks, tools } = this.parts;
    await rounds.warmUp();
    if (tools.home !== undefined) await checks.agreed(rounds);
    await rounds.play('before');
    await rounds.play('before');
    await checks.sockets('before the fault');
    // a job that is at its end as the fault begins is run again where that is longer than its lock
    await checks.paid(rounds);
  }

  private async inflict(): Promise<void> {
    const { world, rounds, tools } = this.parts;
    const { row } = this;
    let inflicted = !row.underTraffic;
    if (row.loses) await this.forgive(true);
    const traffic = row.underTraffic ? rounds.playWhile('turning', () => !inflicted) : undefined;
    if (traffic) await sleep(50);
    try {
      await row.inflict?.(world, tools);
    } finally {
      inflicted = true; // also where it failed: the rounds would go on for ever
      await traffic;
    }
    if (row.loses) await this.forgive(false);
  }

  /** From here on what is acknowledged may be lost, or is owed again. What was acknowledged before is with all replicas. */
  private async forgive(isForgiven: boolean): Promise<void> {
    if (isForgiven) await sleep(REPLICATED_MS);
    // of a session Postgres took what a master takes with it
    const keeps = this.parts.tools.home === undefined ? undefined : 'session';
    for (const [{ name }, play] of this.parts.plays) if (name !== keeps) play.forgive?.(isForgiven);
  }

  /** The servers have forgotten, and owe nothing to those who had nothing else. */
  private forget(): void {
    const { cell, plays } = this.parts;
    const { forgotten: all } = cell.row;
    const forgotten = all?.[cell.variant] ?? (cell.variant === 'postgres' ? all?.main : undefined) ?? [];
    for (const consumer of plays.keys()) {
      if (forgotten.includes(consumer.name)) plays.set(consumer, consumer.play());
    }
  }

  private async during(): Promise<void> {
    const { rounds, checks } = this.parts;
    const { row } = this;
    if (row.atStart) {
      const known = performance.now() + (row.knownMs ?? KNOWN_MS);
      await rounds.playWhile('starting', () => performance.now() < known);
    }
    const end = performance.now() + (row.duringMs ?? DURING_MS);
    if (this.parts.tools.home !== undefined) await checks.leaveAlone(rounds);
    await Promise.all([rounds.playWhile('during', () => performance.now() < end), rounds.scrape()]);
    await checks.own('during');
    await checks.notMoreSockets();
  }

  private async recover(): Promise<void> {
    const { world, rounds, checks, violations, tools } = this.parts;
    const { row } = this;
    await row.lift?.(world, tools);
    this.forget();
    const limitMs = row.recoverMs ?? RECOVER_MS;
    this.recoveredMs = await rounds.playUntilGood(limitMs);
    if (this.recoveredMs === undefined) violations.add('I2', `no three good rounds in a row within ${limitMs} ms`);
    // A worker's own connection may have been in the middle of an attempt, and of the pause after it.
    await checks.sockets('after recovery', RECOVER_MS);
    this.lost = await checks.paid(rounds);
    await Promise.all([rounds.play('healed'), rounds.scrape()]);
  }
}
