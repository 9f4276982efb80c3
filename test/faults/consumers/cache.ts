import { idOf } from '../protocol.js';
import type { Violation } from '../runner/violation.js';
import type { ConsumerPlay, FaultConsumer, Step, Verdict } from './consumer.js';

interface Read {
  readonly hit: boolean;
  readonly key?: string;
  readonly n?: number;
  readonly reason?: string;
}

/** Owes nothing but the right value: a cache may forget. */
export const cache: FaultConsumer = { name: 'cache', play: () => new CachePlay() };

class CachePlay implements ConsumerPlay {
  steps(caller: number, round: number): Step[] {
    const key = idOf('value', caller);
    return [
      { verb: 'write', kind: 'write', args: [key, round], judge: (stored) => ({ seen: stored === true ? 'R' : 'M' }) },
      { verb: 'read', kind: 'read', args: [key], judge: (value) => judgeRead(key, round, value as Read) },
    ];
  }

  owed(): Promise<Violation[]> {
    return Promise.resolve([]);
  }
}

function judgeRead(asked: string, round: number, { hit, key, n, reason }: Read): Verdict {
  if (!hit) return { seen: reason === 'absent' ? 'R' : 'M' };
  const violations: Violation[] = [];
  if (key !== asked) violations.push({ id: 'I5', text: `${asked} was answered with ${key}` });
  if ((n ?? 0) > round) violations.push({ id: 'I5', text: `${asked} was answered with ${n}, not written yet` });
  return { seen: 'R', violations };
}
