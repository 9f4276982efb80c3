import { eventually, withDeadline } from '../../support/eventually.js';
import type { ConsumerPlay, EndTools, FaultConsumer } from '../consumers/consumer.js';
import { idOf } from '../protocol.js';
import type { FaultRow } from '../rows/row.js';
import type { World } from '../topologies/world.js';
import { socketsOf } from './expected.js';
import type { CellTools } from './cell-tools.js';
import { LIMITS, OWED_MS } from './limits.js';
import type { Rounds } from './rounds.js';
import type { Violation, Violations } from './violation.js';

const ALONE = idOf('left-alone');

/** What is checked of a cell besides each answer. */
export class CellChecks {
  private hasLeft = false;

  constructor(
    private readonly row: FaultRow,
    private readonly world: World,
    private readonly plays: ReadonlyMap<FaultConsumer, ConsumerPlay>,
    private readonly violations: Violations,
    private readonly tools: CellTools,
  ) {}

  /**
   * Asks each consumer for what it owes until all is paid.
   *
   * @returns how much of what it need not owe was lost
   */
  async paid(rounds: Rounds): Promise<number> {
    const owed = async (): Promise<Violation[]> => {
      const all = [...this.plays].map(([{ name }, play]) => play.owed(this.endTools(name, rounds)));
      return (await Promise.all([...all, this.leftAlone()])).flat();
    };
    // An app that was broken on purpose never pays.
    const timeoutMs = this.row.violates === undefined ? OWED_MS : 500;
    let last: Violation[] = [];
    const isPaid = async (): Promise<boolean> => {
      last = await owed();
      return last.length === 0;
    };
    await eventually(isPaid, { timeoutMs, intervalMs: 200 }).catch((error: unknown) => {
      if (last.length === 0) this.violations.add('harness', String(error));
    });
    this.violations.addAll(last);
    let lost = 0;
    for (const [{ name }, play] of this.plays) lost += (await play.lost?.(this.endTools(name, rounds))) ?? 0;
    return lost;
  }

  private endTools(consumer: string, rounds: Rounds): EndTools {
    const { home } = this.tools;
    return {
      ...(home && { query: (text, values) => home.query(text, values) }),
      queuePrefix: this.world.queuePrefix ?? 'bull',
      ask: (...args) => this.world.ask(...args),
      call: async (verb, ...args) => {
        const { value, error } = await rounds.call(consumer, verb, args);
        if (error !== undefined) throw new Error(`${consumer}.${verb} was rejected: ${error.kind}`);
        return value;
      },
    };
  }

  /** Up to then Postgres keeps each change as one that Redis may lack. */
  async agreed(rounds: Rounds): Promise<void> {
    const isTrusted = async (): Promise<boolean> => {
      const { value } = await rounds.call('session', 'status', []);
      return (value as { trusted?: boolean } | undefined)?.trusted === true;
    };
    await eventually(isTrusted, { timeoutMs: OWED_MS, what: 'trust in Redis' });
  }

  /** A session that is changed during the fault, and by nobody after it: a store that missed it has to be told. */
  async leaveAlone(rounds: Rounds): Promise<void> {
    const { value } = await rounds.call('session', 'write', [ALONE, 1]);
    this.hasLeft = (value as { stored?: boolean } | undefined)?.stored === true;
  }

  private async leftAlone(): Promise<Violation[]> {
    const { home } = this.tools;
    if (!this.hasLeft || home === undefined) return [];
    const inRedis = await this.world.ask('GET', `dialog:session:${ALONE}`);
    const inPostgres = await home.query('SELECT data FROM redis_hub_sessions WHERE id = $1', [ALONE]);
    const stores = { Redis: String(inRedis), Postgres: String(inPostgres[0]?.['data']) };
    return Object.entries(stores)
      .filter(([, text]) => !text.includes('"n":1,'))
      .map(([store]) => ({ id: 'I3', text: `${store} was not told of a change that it missed` }));
  }

  /** Exactly the sockets that the app takes. */
  async sockets(when: string, timeoutMs = 3_000): Promise<void> {
    const wanted = socketsOf(this.row);
    let seen = -1;
    const isExact = async (): Promise<boolean> => (seen = await this.world.sockets()) === wanted;
    await eventually(isExact, { timeoutMs }).catch(() =>
      this.violations.add('I8', `${when}: ${seen} sockets, not ${wanted}`),
    );
  }

  /** During the fault a server may not be there to be asked. */
  async notMoreSockets(): Promise<void> {
    const most = socketsOf(this.row);
    let seen: number | undefined;
    const isFew = async (): Promise<boolean> => {
      seen = await withDeadline(this.world.sockets(), { timeoutMs: 1_000 }).catch(() => undefined);
      return seen === undefined || seen <= most;
    };
    await eventually(isFew, { timeoutMs: 3_000 }).catch(() =>
      this.violations.add('I8', `during the fault: ${seen} sockets, more than ${most}`),
    );
  }

  lines(lines: number, elapsedMs: number): void {
    const most = Math.max(1, elapsedMs / 60_000) * LIMITS.linesPerMinute;
    if (lines >= most) this.violations.add('I11', `${lines} lines in ${Math.round(elapsedMs / 1_000)} s`);
  }

  /** The row's own. */
  async own(moment: 'during' | 'end'): Promise<void> {
    const found = (await this.row.check?.(this.world, moment, this.tools)) ?? [];
    for (const text of found) {
      const [id = 'cell', ...rest] = text.split(': ');
      this.violations.add(id as Violation['id'], rest.join(': '));
    }
  }
}
