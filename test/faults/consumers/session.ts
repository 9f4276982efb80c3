import type { Violation } from '../runner/violation.js';
import { Acked, mapOf } from './acked.js';
import type { ConsumerPlay, EndTools, FaultConsumer, Step, Verdict } from './consumer.js';

interface Written {
  readonly stored: boolean;
  readonly dirty: boolean;
}

interface Read {
  readonly key?: string;
  readonly n?: number;
  readonly tier: string;
}

/** Owes: each acknowledged session is read as it was acknowledged, and is in Redis after recovery. */
export const session: FaultConsumer = { name: 'session', play: () => new SessionPlay() };

class SessionPlay implements ConsumerPlay {
  private readonly ledger = mapOf(() => new Acked());
  private isForgiven = false;

  steps(caller: number, round: number): Step[] {
    const id = `session-${caller}`;
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
    const checks = this.ledger.all().map(async ([id, acked]): Promise<Violation[]> => {
      if (acked.last === 0) return [];
      const text = String(await tools.ask('GET', `dialog:session:${id}`));
      const n = numberIn(text);
      if (acked.accepts(n)) return [];
      return [{ id: 'I3', text: `${id}: ${acked.last} was acknowledged, Redis has ${n ?? 'none'}` }];
    });
    return (await Promise.all(checks)).flat();
  }

  private judgeWrite(acked: Acked, n: number, { stored, dirty }: Written): Verdict {
    const violations: Violation[] = stored ? [] : [{ id: 'I5', text: 'a session that nobody destroyed is gone' }];
    // of what Redis did not take the fallback has a copy
    if (stored && this.isForgiven && !dirty) acked.leaveOpen(n);
    else if (stored) acked.acknowledge(n);
    return { seen: dirty ? 'F' : 'R', violations };
  }

  private judgeRead(id: string, acked: Acked, { key, n, tier }: Read): Verdict {
    const violations: Violation[] = [];
    if (key !== undefined && key !== id) violations.push({ id: 'I5', text: `${id} was answered with ${key}` });
    if (!acked.accepts(n)) {
      violations.push({ id: 'I3', text: `${id}: ${acked.last} was acknowledged, ${n ?? 'none'} was read` });
    }
    return { seen: tier === 'redis' ? 'R' : 'F', violations };
  }
}

/** Of the stored text: a header, then JSON. */
function numberIn(text: string): number | undefined {
  const found = /"n":(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
