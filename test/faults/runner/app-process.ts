import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until, withDeadline } from '../../support/eventually.js';
import { linesOf } from './report-cell.js';
import { track, untrack, type TestResource } from '../../support/resources.js';
import type { ProcessSettings } from '../topologies/world.js';
import type { AppSettings, ErrorReport, Order, ProcessComplaint, Report } from '../protocol.js';

const MAIN = fileURLToPath(new URL('../app/main.js', import.meta.url));
const READY_MS = 60_000;
/** A call that takes so long hangs. */
export const HANG_MS = 12_000;

/** How a call ended, timed from here. */
export interface Answer {
  readonly value?: unknown;
  readonly error?: ErrorReport;
  readonly hung?: true;
  readonly elapsedMs: number;
}

export interface ExitReport {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly elapsedMs: number;
}

export type Boot = ({ readonly port: number } | { readonly error: ErrorReport }) & { readonly elapsedMs: number };

/** The app in a process of its own, seen from outside. */
export class AppProcess implements TestResource {
  readonly complaints: ProcessComplaint[] = [];
  output = '';
  /** How long the process took to load: long on a machine that is busy. */
  loadMs = 0;
  private readonly events = new EventEmitter<{ report: [Report]; exit: [] }>();
  private readonly calls = new Map<number, (report: Extract<Report, { type: 'answer' }>) => void>();
  private begunAt = 0;
  private ended: Pick<ExitReport, 'code' | 'signal'> | undefined;

  private constructor(private readonly child: ChildProcess) {
    this.events.setMaxListeners(0);
    child.on('message', (message) => this.take(message as Report));
    child.once('exit', (code, signal) => {
      this.ended = { code, signal };
      this.events.emit('exit');
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  /** A process that has loaded everything, and waits to be told what to be. */
  static async start(settings: ProcessSettings = {}): Promise<AppProcess> {
    const env = { ...process.env, NO_COLOR: '1', NODE_ENV: 'test', ...settings.env };
    const execArgv = [...(settings.execArgv ?? [])];
    const app = track(new AppProcess(fork(MAIN, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv, env })));
    const startedAt = performance.now();
    await app.next('ready', READY_MS);
    app.loadMs = performance.now() - startedAt;
    return app;
  }

  get hasEnded(): boolean {
    return this.ended !== undefined;
  }

  /** Without those of the boot, some of which may come late over the pipe. */
  get lines(): number {
    return linesOf(this.output).length;
  }

  /** Timed from where the module began: on a busy machine Nest itself takes seconds before that. */
  async boot(settings: AppSettings, timeoutMs: number): Promise<Boot> {
    this.begunAt = performance.now();
    const booted = until<[Report]>(this.events, 'report', {
      timeoutMs,
      what: 'boot',
      where: ({ type }) => type === 'booted' || type === 'boot-failed',
    });
    this.order({ type: 'start', settings });
    const [report] = await booted;
    const elapsedMs = performance.now() - this.begunAt;
    if (report.type === 'boot-failed') return { error: report.error, elapsedMs };
    return { port: (report as Extract<Report, { type: 'booted' }>).port, elapsedMs };
  }

  async call(id: number, consumer: string, verb: string, args: readonly unknown[]): Promise<Answer> {
    const startedAt = performance.now();
    const answered = new Promise<Extract<Report, { type: 'answer' }>>((resolve) => this.calls.set(id, resolve));
    this.order({ type: 'call', id, consumer, verb, args });
    try {
      const { value, error } = await withDeadline(answered, { timeoutMs: HANG_MS });
      return { value, ...(error && { error }), elapsedMs: performance.now() - startedAt };
    } catch {
      return { hung: true, elapsedMs: performance.now() - startedAt };
    } finally {
      this.calls.delete(id);
    }
  }

  /** Closes the app and stays, so that what it left open shows. */
  async close(timeoutMs: number): Promise<number> {
    const startedAt = performance.now();
    this.order({ type: 'close' });
    await this.next('closed', timeoutMs);
    return performance.now() - startedAt;
  }

  /** After {@link close}: with the channel gone nothing may keep the process. */
  leave(timeoutMs: number): Promise<ExitReport> {
    return this.exitAfter(() => this.order({ type: 'leave' }), timeoutMs);
  }

  terminate(timeoutMs: number): Promise<ExitReport> {
    return this.exitAfter(() => this.child.kill('SIGTERM'), timeoutMs);
  }

  async stop(): Promise<void> {
    untrack(this);
    if (this.ended) return;
    this.child.kill('SIGKILL');
    await until(this.events, 'exit');
  }

  private async exitAfter(act: () => void, timeoutMs: number): Promise<ExitReport> {
    const startedAt = performance.now();
    act();
    if (!this.ended) await until(this.events, 'exit', { timeoutMs, what: 'end of the app' });
    const { code = null, signal = null } = this.ended ?? {};
    return { code, signal, elapsedMs: performance.now() - startedAt };
  }

  private async next(type: Report['type'], timeoutMs: number): Promise<void> {
    await until<[Report]>(this.events, 'report', { timeoutMs, what: type, where: (report) => report.type === type });
  }

  private order(order: Order): void {
    if (this.child.connected) this.child.send(order);
  }

  private take(report: Report): void {
    if (report.type === 'answer') this.calls.get(report.id)?.(report);
    else if (report.type === 'begun') this.begunAt = performance.now();
    else if (report.type === 'complaint') this.complaints.push(report.complaint);
    this.events.emit('report', report);
  }
}
