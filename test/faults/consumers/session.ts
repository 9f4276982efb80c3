import { idOf } from '../protocol.js';
import type { Violation } from '../runner/violation.js';
import { Acked, mapOf } from './acked.js';
import type { ConsumerPlay, EndTools, FaultConsumer, Step, Verdict } from './consumer.js';

interface Written {
  readonly stored: boolean;
  /** That took it: one beside Redis where Redis has yet to. */
  readonly tier: string;
}

interface Read {
  readonly key?: string;
  readonly n?: number;
  readonly tier: string;
}

/** As the store says of itself. */
interface Status {
  readonly tier: string;
  readonly degraded: boolean;
  readonly dirty: number;
  readonly trusted: boolean;
}

/**
 * Owes: each acknowledged session is read as it was acknowledged, and is in Redis after recovery; where there is Postgres,
 * in Postgres too, and Redis is trusted again.
 */
export const session: FaultConsumer = { name: 'session', play: () => new SessionPlay() };

class SessionPlay implements ConsumerPlay {
  private readonly ledger = mapOf(() => new Acked());
  private isForgiven = false;

  steps(caller: number, round: number): Step[] {
    const id = idOf('session', caller);
    const acked = this.ledger.of(id);
    return [
      {
        verb: 'write',
        kind: 'write',
        args: [id, round],
        judge: (value) => this.judgeWrite(acked, round, value as Written),
        failed: (error) => {
          if (error === undefined || error.outcome === 'unknown') acked.leaveOpen(round);
        },
      },
      { verb: 'read', kind: 'read', args: [id], judge: (value) => this.judgeRead(id, acked, value as Read) },
    ];
  }

  forgive(isForgiven: boolean): void {
    this.isForgiven = isForgiven;
  }

  async owed(tools: EndTools): Promise<Violation[]> {
    const { query } = tools;
    const inRedis = this.lacking('Redis', (id) => tools.ask('GET', `dialog:session:${id}`));
    if (query === undefined) return inRedis;
    const inPostgres = this.lacking('Postgres', async (id) => {
      const [row] = await query('SELECT data FROM redis_hub_sessions WHERE id = $1', [id]);
      return row?.['data'];
    });
    return [...(await inRedis), ...(await inPostgres), ...(await notWell(tools))];
  }

  /** Which of the acknowledged sessions a store lacks. */
  private async lacking(store: string, find: (id: string) => Promise<unknown>): Promise<Violation[]> {
    const checks = this.ledger.all().map(async ([id, acked]): Promise<Violation[]> => {
      if (acked.last === 0) return [];
      const n = numberIn(String(await find(id)));
      if (acked.accepts(n)) return [];
      return [{ id: 'I3', text: `${id}: ${acked.last} was acknowledged, ${store} has ${n ?? 'none'}` }];
    });
    return (await Promise.all(checks)).flat();
  }

  private judgeWrite(acked: Acked, n: number, { stored, tier }: Written): Verdict {
    const violations: Violation[] = stored ? [] : [{ id: 'I5', text: 'a session that nobody destroyed is gone' }];
    // of what Redis did not take the fallback has a copy
    if (stored && this.isForgiven && tier === 'redis') acked.leaveOpen(n);
    else if (stored) acked.acknowledge(n);
    return { seen: seenOf(tier), violations };
  }

  private judgeRead(id: string, acked: Acked, { key, n, tier }: Read): Verdict {
    const violations: Violation[] = [];
    if (key !== undefined && key !== id) violations.push({ id: 'I5', text: `${id} was answered with ${key}` });
    if (!acked.accepts(n)) {
      violations.push({ id: 'I3', text: `${id}: ${acked.last} was acknowledged, ${n ?? 'none'} was read` });
    }
    return { seen: seenOf(tier), violations };
  }
}

/** By who serves after the answer: where nobody does any more it was Redis, lost since, for a fallback tier would be named. */
function seenOf(tier: string): Verdict['seen'] {
  if (tier === 'redis' || tier === 'none') return 'R';
  return tier === 'postgres' ? 'P' : 'F';
}

/** Nothing waits, and every node may believe Redis alone. */
async function notWell(tools: EndTools): Promise<Violation[]> {
  const { tier, degraded, dirty, trusted } = (await tools.call('status')) as Status;
  if (tier === 'redis' && !degraded && dirty === 0 && trusted) return [];
  const seen = `served by ${tier}, ${dirty} dirty, ${trusted ? '' : 'not '}trusted, ${degraded ? '' : 'not '}degraded`;
  return [{ id: 'I2', text: `sessions are ${seen}` }];
}

/** Of the stored text: a header, then JSON. */
function numberIn(text: string): number | undefined {
  const found = /"n":(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
