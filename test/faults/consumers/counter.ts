import type { Violation } from '../runner/violation.js';
import { mapOf } from './acked.js';
import type { ConsumerPlay, EndTools, FaultConsumer, Step } from './consumer.js';

class Count {
  acked = 0;
  unknown = 0;
}

/** Owes: each acknowledged increment happened once, each whose fate is unknown at most once, no other at all. */
export const counter: FaultConsumer = { name: 'counter', like: 'queue', play: () => new CounterPlay() };

class CounterPlay implements ConsumerPlay {
  private readonly counts = mapOf(() => new Count());

  steps(caller: number): Step[] {
    const key = `hits-${caller}`;
    const count = this.counts.of(key);
    return [
      {
        verb: 'write',
        kind: 'write',
        args: [key],
        judge: (value) => {
          count.acked += 1;
          const sum = Number(value);
          if (sum >= count.acked && sum <= count.acked + count.unknown) return { seen: 'R' };
          return { seen: 'R', violations: [violationOf(key, count, sum)] };
        },
        failed: (error) => {
          if (error === undefined || error.outcome === 'unknown') count.unknown += 1;
        },
      },
    ];
  }

  async owed(tools: EndTools): Promise<Violation[]> {
    const checks = this.counts.all().map(async ([key, count]) => {
      const sum = Number((await tools.ask('GET', `counter:${key}`)) ?? 0);
      return sum >= count.acked && sum <= count.acked + count.unknown ? [] : [violationOf(key, count, sum)];
    });
    return (await Promise.all(checks)).flat();
  }
}

function violationOf(key: string, { acked, unknown }: Count, sum: number): Violation {
  return {
    id: sum < acked ? 'I3' : 'I4',
    text: `${key}: ${acked} increments acknowledged, ${unknown} unknown, the counter says ${sum}`,
  };
}
