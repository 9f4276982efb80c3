import { withDeadline } from '../../support/eventually.js';
import type { ConsumerPlay, FaultConsumer } from '../consumers/consumer.js';
import { CONSUMERS } from '../consumers/index.js';
import { ID, PAYLOAD, type AppSettings } from '../protocol.js';
import { AppProcess, type Boot } from './app-process.js';
import type { CellReport, FaultCell } from './cell.js';
import { CellRecord } from './cell-record.js';
import { allows } from './cells.js';
import { CellChecks } from './cell-checks.js';
import { closeApp } from './close-app.js';
import { cellOf, healthCellOf, healthSaysOf } from './expected.js';
import { CellLife } from './cell-life.js';
import { CELL_MS, LIMITS, USUAL_LOAD_MS } from './limits.js';
import { Rounds } from './rounds.js';
import { SecretScan } from './secrets.js';
import { tailOf, unexpectedOf } from './report-cell.js';
import { Violations } from './violation.js';
import { PostgresHome } from '../topologies/postgres-home.js';
import type { World } from '../topologies/world.js';
import { CellTools } from './cell-tools.js';

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
  private readonly plays: Map<FaultConsumer, ConsumerPlay>;
  private world: World | undefined;
  private readonly tools = new CellTools();
  private life: CellLife | undefined;
  private bootText: string | undefined;

  constructor(private readonly cell: FaultCell) {
    const present = CONSUMERS.filter(({ name }) => !cell.row.without?.includes(name));
    this.plays = new Map(present.map((consumer) => [consumer, consumer.play()]));
    this.record = this.makeRecord();
  }

  get report(): Pick<CellReport, 'violations' | 'columns' | 'recoveredMs' | 'lost' | 'boot' | 'output'> {
    return {
      violations: unexpectedOf(this.cell, this.violations.list),
      columns: this.record.report,
      ...this.life?.report,
      ...(this.bootText !== undefined && { boot: this.bootText }),
      output: tailOf(this.tools.app?.output ?? ''),
    };
  }

  /** A row may set a deadline of its own for commands. */
  private makeRecord(): CellRecord {
    const { options, settleMs } = this.cell.row;
    const callMs = settleMs ?? (options?.commandTimeoutMs ?? LIMITS.commandMs) + LIMITS.graceMs;
    return new CellRecord(this.violations, { call: callMs, health: LIMITS.healthMs });
  }

  async play(): Promise<void> {
    const { row, variant } = this.cell;
    const world = await row.topology();
    this.world = world;
    if (variant === 'postgres') this.tools.home = await (row.startPostgres?.() ?? PostgresHome.shared());
    const app = await AppProcess.start(world.process);
    this.tools.app = app;
    const logins = [...world.secrets, ...(this.tools.home?.secrets ?? []), ...(row.secrets ?? [])];
    const hidden = [PAYLOAD, ID, ...logins];
    const secrets = new SecretScan(hidden, this.violations);
    if (row.atStart) await row.inflict?.(world, this.tools);
    const boot = await this.boot(world, app, hidden);
    if (variant === 'strict') {
      this.checkFailedBoot(boot, secrets);
    } else if ('error' in boot) {
      secrets.scan('the error of the boot', boot.error.text);
      this.violations.add('cell', `the app did not boot: ${boot.error.text.slice(0, 300)}`);
    } else {
      const rounds = this.makeRounds(app, boot.port, secrets);
      await this.live(world, app, rounds);
      const how = variant === 'main' ? 'signal' : 'order';
      // what a process that a signal ends still had to say, nobody hears
      const calls = row.endsUnderTraffic && how === 'order' ? rounds.play('closing') : undefined;
      await closeApp(app, { sockets: () => this.socketsOf(world) }, how, this.violations, calls);
    }
    this.checkProcess(app, secrets);
  }

  async end(): Promise<void> {
    const { app, home } = this.tools;
    for (const one of [app, home, this.world]) {
      await one?.stop().catch((error: unknown) => this.violations.add('harness', String(error)));
    }
  }

  private async socketsOf(world: World): Promise<number> {
    return (await world.sockets()) + (this.tools.home?.sockets ?? 0);
  }

  private async boot(world: World, app: AppProcess, hidden: readonly string[]): Promise<Boot> {
    const { row, driver, variant } = this.cell;
    const redis = {
      driver,
      commandTimeoutMs: LIMITS.commandMs,
      connectTimeoutMs: LIMITS.connectMs,
      boot: variant === 'strict' || !row.atStart ? ('fail-fast' as const) : ('degrade' as const),
      ...world.options,
      ...row.options,
    };
    const boot = await app.boot(
      {
        redis,
        hidden,
        fallbacks: variant !== 'bare',
        ...this.postgresSettings(),
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

  private postgresSettings(): Pick<AppSettings, 'postgres'> {
    const { home } = this.tools;
    if (home === undefined) return {};
    return { postgres: { connectionString: home.connectionString, ...this.cell.row.postgresOptions?.(home) } };
  }

  private makeRounds(app: AppProcess, port: number, secrets: SecretScan): Rounds {
    const { row, variant } = this.cell;
    const { plays, record, violations } = this;
    return new Rounds({
      app,
      port,
      plays,
      record,
      violations,
      secrets,
      cellOf: (consumer, kind) => cellOf(row, variant, consumer, kind),
      healthCell: healthCellOf(row, variant),
      healthSays: healthSaysOf(row, variant),
      appErrors: row.appErrors ?? [],
    });
  }

  private async live(world: World, app: AppProcess, rounds: Rounds): Promise<void> {
    const { cell, plays, violations, tools } = this;
    const checks = new CellChecks(cell.row, world, plays, violations, tools);
    this.life = new CellLife({ cell, world, app, rounds, checks, plays, violations, tools });
    await this.life.live();
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
      if (event !== 'error-event' && event !== 'published')
        this.violations.add('I6', `${event}: ${text.slice(0, 300)}`);
    }
  }
}
