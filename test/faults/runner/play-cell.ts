import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, withDeadline } from '../../support/eventually.js';
import { CONSUMERS } from '../consumers/index.js';
import type { Violation } from './violation.js';
import { PAYLOAD } from '../protocol.js';
import { AppProcess, type Boot } from './app-process.js';
import type { CellReport, FaultCell } from './cell.js';
import { CellRecord } from './cell-record.js';
import { allows } from './cells.js';
import { closeApp } from './close-app.js';
import { cellOf, healthCellOf, socketsOf } from './expected.js';
import { Rounds } from './rounds.js';
import { SecretScan } from './secrets.js';
import { Violations } from './violation.js';
import type { World } from '../topologies/world.js';

export const LIMITS = {
  commandMs: 500,
  connectMs: 2_000,
  shutdownMs: 3_000,
  graceMs: 1_000,
  healthMs: 1_500,
  bootMs: 2_000 + 500,
  linesPerMinute: 20,
} as const;

const USUAL_LOAD_MS = 1_000;
const DURING_MS = 2_000;
/** So long after boot an app may not know yet what is wrong. */
const KNOWN_MS = 500;
const RECOVER_MS = 6_000;
/** What is owed at the end is asked for so long: a job that a lost reply left behind is found by its lock's end. */
const OWED_MS = 20_000;
const CELL_MS = 120_000;

/** Where the app was broken on purpose, the violation that shows it is what must be there. */
function expectedOf({ row: { violates } }: FaultCell, found: readonly Violation[]): readonly Violation[] {
  if (violates === undefined) return found;
  if (found.some(({ id }) => id === violates)) return found.filter(({ id }) => id === 'harness');
  return [...found, { id: 'harness', text: `the app was broken on purpose, and ${violates} was not found violated` }];
}

/** The last lines but for those that every boot prints. */
function tail(output: string): string {
  const lines = output
    .split('\n')
    .filter((line) => line !== '' && !/LOG \[(NestFactory|InstanceLoader|Router)/.test(line));
  return lines.slice(-15).join('\n');
}

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
  private recoveredMs: number | undefined;
  private bootText: string | undefined;

  constructor(private readonly cell: FaultCell) {
    this.record = this.makeRecord();
  }

  get report(): Pick<CellReport, 'violations' | 'columns' | 'recoveredMs' | 'boot' | 'output'> {
    return {
      violations: expectedOf(this.cell, this.violations.list),
      columns: this.record.report,
      ...(this.recoveredMs !== undefined && { recoveredMs: this.recoveredMs }),
      ...(this.bootText !== undefined && { boot: this.bootText }),
      output: tail(this.app?.output ?? ''),
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
    if (row.atStart) await row.inflict?.(world);
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
      { redis, fallbacks: variant !== 'bare', ...(row.sabotage !== undefined && { sabotage: row.sabotage }) },
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
    if (!row.atStart) await this.begin(world, rounds);
    const [linesBefore, faultAt] = [app.lines, performance.now()];
    if (!row.atStart) await this.inflict(world, rounds);
    if (row.lift !== undefined || row.endsDuring || row.inflict === undefined) await this.during(world, rounds);
    if (!row.endsDuring) await this.recover(world, rounds);
    this.checkLines(app.lines - linesBefore, performance.now() - faultAt);
    this.addChecks((await row.check?.(world, 'end')) ?? []);
  }

  /** All is well: everything is answered by Redis, over exactly the sockets that it takes. */
  private async begin(world: World, rounds: Rounds): Promise<void> {
    await rounds.play('before');
    await rounds.play('before');
    await this.expectSockets(world, 'before the fault');
  }

  private async inflict(world: World, rounds: Rounds): Promise<void> {
    const { row } = this.cell;
    let inflicted = !row.underTraffic;
    const traffic = row.underTraffic ? rounds.playWhile('turning', () => !inflicted) : undefined;
    if (traffic) await sleep(50);
    await row.inflict?.(world);
    inflicted = true;
    await traffic;
  }

  private async during(world: World, rounds: Rounds): Promise<void> {
    const { row } = this.cell;
    if (row.atStart) {
      const known = performance.now() + KNOWN_MS;
      await rounds.playWhile('starting', () => performance.now() < known);
    }
    const end = performance.now() + (row.duringMs ?? DURING_MS);
    await rounds.playWhile('during', () => performance.now() < end);
    this.addChecks((await row.check?.(world, 'during')) ?? []);
    await this.expectAtMost(world);
  }

  private async recover(world: World, rounds: Rounds): Promise<void> {
    const { row } = this.cell;
    await row.lift?.(world);
    const limitMs = row.recoverMs ?? RECOVER_MS;
    this.recoveredMs = await rounds.playUntilGood(limitMs);
    if (this.recoveredMs === undefined) this.violations.add('I2', `no three good rounds in a row within ${limitMs} ms`);
    // A worker's own connection may have been in the middle of an attempt, and of the pause after it.
    await this.expectSockets(world, 'after recovery', RECOVER_MS);
    await this.expectPaid(world, rounds);
    await rounds.play('healed');
  }

  private async expectPaid(world: World, rounds: Rounds): Promise<void> {
    const owed = async (): Promise<Violation[]> => {
      const all = [...this.plays].map(([{ name }, play]) =>
        play.owed({
          ask: (...args) => world.ask(...args),
          call: async (verb, ...args) => (await rounds.call(name, verb, args)).value,
        }),
      );
      return (await Promise.all(all)).flat();
    };
    // An app that was broken on purpose never pays.
    const timeoutMs = this.cell.row.violates === undefined ? OWED_MS : 500;
    let last: Violation[] = [];
    const isPaid = async (): Promise<boolean> => {
      last = await owed();
      return last.length === 0;
    };
    await eventually(isPaid, { timeoutMs, intervalMs: 200 }).catch((error: unknown) => {
      if (last.length === 0) this.violations.add('harness', String(error));
    });
    this.violations.addAll(last);
  }

  private async expectSockets(world: World, when: string, timeoutMs = 3_000): Promise<void> {
    const wanted = socketsOf(this.cell.row);
    let seen = -1;
    const isExact = async (): Promise<boolean> => (seen = await world.sockets()) === wanted;
    await eventually(isExact, { timeoutMs }).catch(() =>
      this.violations.add('I8', `${when}: ${seen} sockets, not ${wanted}`),
    );
  }

  /** During the fault a server may not be there to be asked. */
  private async expectAtMost(world: World): Promise<void> {
    const most = socketsOf(this.cell.row);
    let seen: number | undefined;
    const isFew = async (): Promise<boolean> => {
      seen = await withDeadline(world.sockets(), { timeoutMs: 1_000 }).catch(() => undefined);
      return seen === undefined || seen <= most;
    };
    await eventually(isFew, { timeoutMs: 3_000 }).catch(() =>
      this.violations.add('I8', `during the fault: ${seen} sockets, more than ${most}`),
    );
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

  private checkLines(lines: number, elapsedMs: number): void {
    const most = Math.max(1, elapsedMs / 60_000) * LIMITS.linesPerMinute;
    if (lines >= most) this.violations.add('I11', `${lines} lines in ${Math.round(elapsedMs / 1_000)} s`);
  }

  private addChecks(found: readonly string[]): void {
    for (const text of found) {
      const [id = 'cell', ...rest] = text.split(': ');
      this.violations.add(id as Violation['id'], rest.join(': '));
    }
  }
}
