import { idOf } from '../protocol.js';
import type { Violation } from '../runner/violation.js';
import { mapOf } from './acked.js';
import type { ConsumerPlay, EndTools, FaultConsumer, Step } from './consumer.js';

class Count {
  acked = 0;
  unknown = 0;
  /** Acknowledged by a master that was about to go. */
  forgiven = 0;
}

/** Owes: each acknowledged increment happened once, each whose fate is unknown at most once, no other at all. */
export const counter: FaultConsumer = { name: 'counter', like: 'queue', play: () => new CounterPlay() };

class CounterPlay implements ConsumerPlay {
  private readonly counts = mapOf(() => new Count());
  private isForgiven = false;

  steps(caller: number): Step[] {
    const key = idOf('hits', caller);
    const count = this.counts.of(key);
    return [
      {
        verb: 'write',
        kind: 'write',
        args: [key],
        judge: (value) => {
          if (this.isForgiven) count.forgiven += 1;
          else count.acked += 1;
          const sum = Number(value);
          if (isRight(count, sum)) return { seen: 'R' };
          return { seen: 'R', violations: [violationOf(key, count, sum)] };
        },
        failed: (error) => {
          if (error === undefined || error.outcome === 'unknown') count.unknown += 1;
        },
      },
    ];
  }

  forgive(isForgiven: boolean): void {
    this.isForgiven = isForgiven;
  }

  async owed(tools: EndTools): Promise<Violation[]> {
    const sums = await this.sums(tools);
    return sums.flatMap(([key, count, sum]) => (isRight(count, sum) ? [] : [violationOf(key, count, sum)]));
  }

  /** As many at least. */
  async lost(tools: EndTools): Promise<number> {
    const sums = await this.sums(tools);
    return sums.reduce((lost, [, { acked, forgiven }, sum]) => lost + Math.max(0, acked + forgiven - sum), 0);
  }

  private sums(tools: EndTools): Promise<[string, Count, number][]> {
    const asked = this.counts.all().map(async ([key, count]): Promise<[string, Count, number]> => {
      return [key, count, Number((await tools.ask('GET', `counter:${key}`)) ?? 0)];
    });
    return Promise.all(asked);
  }
}

function isRight({ acked, forgiven, unknown }: Count, sum: number): boolean {
  return sum >= acked && sum <= acked + forgiven + unknown;
}

function violationOf(key: string, { acked, forgiven, unknown }: Count, sum: number): Violation {
  return {
    id: sum < acked ? 'I3' : 'I4',
    text: `${key}: ${acked} increments acknowledged, ${unknown + forgiven} unknown, the counter says ${sum}`,
  };
}
