import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../support/eventually.js';
import { CONSUMERS } from '../consumers/index.js';
import { PAYLOAD } from '../protocol.js';
import { AppProcess, type Boot } from './app-process.js';
import type { CellReport, FaultCell } from './cell.js';
import { CellRecord } from './cell-record.js';
import { allows } from './cells.js';
import { CellChecks } from './cell-checks.js';
import { closeApp } from './close-app.js';
import { cellOf, healthCellOf } from './expected.js';
import { CELL_MS, DURING_MS, KNOWN_MS, LIMITS, RECOVER_MS, USUAL_LOAD_MS } from './limits.js';
import { Rounds } from './rounds.js';
import { SecretScan } from './secrets.js';
import { tailOf, unexpectedOf } from './report-cell.js';
import { Violations } from './violation.js';
import type { RowTools } from '../rows/row.js';
import type { World } from '../topologies/world.js';
import { callOfRow } from './call-of-row.js';

/** Plays one cell on servers of its own. Never rejects: what goes wrong in the suite itself is a violation too. */
export async function playCell(cell: FaultCell): Promise<CellReport> {
  const startedAt = performance.now();
  const stage = new Stage(cell);
  try {
    await withDeadline(stage.play(), { timeoutMs: CELL_MS, what: 'the cell' });
  } catch (error) {
    stage.violations.add('harness', error instanceof Error ? error.message : String(error));
  }
  await stage.end();
  return { cell, ...stage.report, elapsedMs: performance.now() - startedAt };
}

class Stage {
  readonly violations = new Violations();
  private readonly record: CellRecord;
  private readonly plays = new Map(CONSUMERS.map((consumer) => [consumer, consumer.play()]));
  private world: World | undefined;
  private app: AppProcess | undefined;
  private readonly tools: RowTools = { call: (...call) => callOfRow(this.app, call) };
  private recoveredMs: number | undefined;
  private bootText: string | undefined;

  constructor(private readonly cell: FaultCell) {
    this.record = this.makeRecord();
  }

  get report(): Pick<CellReport, 'violations' | 'columns' | 'recoveredMs' | 'boot' | 'output'> {
    return {
      violations: unexpectedOf(this.cell, this.violations.list),
      columns: this.record.report,
      ...(this.recoveredMs !== undefined && { recoveredMs: this.recoveredMs }),
      ...(this.bootText !== undefined && { boot: this.bootText }),
      output: tailOf(this.app?.output ?? ''),
    };
  }

  /** A row may set a deadline of its own for commands. */
  private makeRecord(): CellRecord {
    const commandMs = this.cell.row.options?.commandTimeoutMs ?? LIMITS.commandMs;
    return new CellRecord(this.violations, { call: commandMs + LIMITS.graceMs, health: LIMITS.healthMs });
  }

  async play(): Promise<void> {
    const { row, variant } = this.cell;
    const [world, app] = await Promise.all([row.topology(), AppProcess.start()]);
    this.world = world;
    this.app = app;
    const secrets = new SecretScan([PAYLOAD, ...world.secrets, ...(row.secrets ?? [])], this.violations);
    if (row.atStart) await row.inflict?.(world, this.tools);
    const boot = await this.boot(world, app);
    if (variant === 'strict') {
      this.checkFailedBoot(boot, secrets);
    } else if ('error' in boot) {
      secrets.scan('the error of the boot', boot.error.text);
      this.violations.add('cell', `the app did not boot: ${boot.error.text.slice(0, 300)}`);
    } else {
      await this.live(world, app, boot.port, secrets);
      await closeApp(app, world, variant === 'main' ? 'signal' : 'order', this.violations);
    }
    this.checkProcess(app, secrets);
  }

  async end(): Promise<void> {
    await this.app?.stop().catch((error: unknown) => this.violations.add('harness', String(error)));
    await this.world?.stop().catch((error: unknown) => this.violations.add('harness', String(error)));
  }

  private async boot(world: World, app: AppProcess): Promise<Boot> {
    const { row, driver, variant } = this.cell;
    const redis = {
      driver,
      commandTimeoutMs: LIMITS.commandMs,
      connectTimeoutMs: LIMITS.connectMs,
      shutdownTimeoutMs: LIMITS.shutdownMs - 500,
      boot: variant === 'strict' || !row.atStart ? ('fail-fast' as const) : ('degrade' as const),
      ...world.options,
      ...row.options,
    };
    const boot = await app.boot(
      {
        redis,
        fallbacks: variant !== 'bare',
        ...row.settings,
        ...(row.sabotage !== undefined && { sabotage: row.sabotage }),
      },
      30_000,
    );
    // What a busy machine took longer than usual to load the app, it takes longer to boot it, too.
    const limitMs = LIMITS.bootMs + Math.min(2_000, Math.max(0, app.loadMs - USUAL_LOAD_MS));
    if (boot.elapsedMs > limitMs) this.violations.add('I1', `the boot took ${Math.round(boot.elapsedMs)} ms`);
    return boot;
  }

  private async live(world: World, app: AppProcess, port: number, secrets: SecretScan): Promise<void> {
    const { row, variant } = this.cell;
    const rounds = new Rounds({
      app,
      port,
      plays: this.plays,
      record: this.record,
      violations: this.violations,
      secrets,
      cellOf: (consumer, kind) => cellOf(row, variant, consumer, kind),
      healthCell: healthCellOf(row, variant),
    });
    const checks = new CellChecks(row, world, this.plays, this.violations, this.tools);
    await row.prepare?.(world, this.tools);
    if (!row.atStart) await this.begin(rounds, checks);
    const [linesBefore, faultAt] = [app.lines, performance.now()];
    if (!row.atStart) await this.inflict(world, rounds);
    if (row.lift !== undefined || row.endsDuring || row.inflict === undefined) await this.during(rounds, checks);
    if (!row.endsDuring) await this.recover(world, rounds, checks);
    checks.lines(app.lines - linesBefore, performance.now() - faultAt);
    await checks.own('end');
  }

  /** All is well: everything is answered by Redis, over exactly the sockets that it takes. */
  private async begin(rounds: Rounds, checks: CellChecks): Promise<void> {
    await rounds.play('before');
    await rounds.play('before');
    await checks.sockets('before the fault');
  }

  private async inflict(world: World, rounds: Rounds): Promise<void> {
    const { row } = this.cell;
    let inflicted = !row.underTraffic;
    const traffic = row.underTraffic ? rounds.playWhile('turning', () => !inflicted) : undefined;
    if (traffic) await sleep(50);
    await row.inflict?.(world, this.tools);
    inflicted = true;
    await traffic;
  }

  /** The servers have forgotten, and owe nothing to those who had nothing else. */
  private forget(): void {
    const { row, variant } = this.cell;
    for (const consumer of CONSUMERS) {
      if (row.forgotten?.[variant]?.includes(consumer.name)) this.plays.set(consumer, consumer.play());
    }
  }

  private async during(rounds: Rounds, checks: CellChecks): Promise<void> {
    const { row } = this.cell;
    if (row.atStart) {
      const known = performance.now() + KNOWN_MS;
      await rounds.playWhile('starting', () => performance.now() < known);
    }
    const end = performance.now() + (row.duringMs ?? DURING_MS);
    await rounds.playWhile('during', () => performance.now() < end);
    await checks.own('during');
    await checks.notMoreSockets();
  }

  private async recover(world: World, rounds: Rounds, checks: CellChecks): Promise<void> {
    const { row } = this.cell;
    await row.lift?.(world, this.tools);
    this.forget();
    const limitMs = row.recoverMs ?? RECOVER_MS;
    this.recoveredMs = await rounds.playUntilGood(limitMs);
    if (this.recoveredMs === undefined) this.violations.add('I2', `no three good rounds in a row within ${limitMs} ms`);
    // A worker's own connection may have been in the middle of an attempt, and of the pause after it.
    await checks.sockets('after recovery', RECOVER_MS);
    await checks.paid(rounds);
    await rounds.play('healed');
  }

  private checkFailedBoot(boot: Boot, secrets: SecretScan): void {
    if (!('error' in boot)) return this.violations.add('cell', 'a fail-fast boot did not fail');
    secrets.scan('the error of the boot', boot.error.text);
    const seen = `E(${boot.error.kind})`;
    this.bootText = `${seen} ${(boot.elapsedMs / 1_000).toFixed(2)} s`;
    const allowed = `E(${this.cell.row.kind})`;
    if (!allows(allowed, seen)) this.violations.add('I9', `the boot gave ${seen}, not ${allowed}`);
  }

  private checkProcess(app: AppProcess, secrets: SecretScan): void {
    secrets.scan('the output', app.output);
    for (const { event, text } of app.complaints) {
      secrets.scan(`a complaint (${event})`, text);
      if (event !== 'error-event') this.violations.add('I6', `${event}: ${text.slice(0, 300)}`);
    }
  }
}
