import type { Violation } from '../runner/violation.js';
import type { ConsumerPlay, EndTools, FaultConsumer, Step } from './consumer.js';

interface Jobs {
  readonly runs: readonly (readonly [string, number])[];
  readonly completed: readonly string[];
  readonly foreign: readonly string[];
}

/** Owes: each acknowledged job is in Redis and ran exactly once; no job ran twice; what was added last was heard to end. */
export const queue: FaultConsumer = { name: 'queue', sockets: 2, play: () => new QueuePlay() };

class QueuePlay implements ConsumerPlay {
  private readonly acked = new Set<string>();
  private last = '';
  private late = 0;

  steps(caller: number, round: number): Step[] {
    const jobId = `job-${caller}-${round}`;
    return [
      {
        verb: 'write',
        kind: 'write',
        args: [jobId],
        judge: () => {
          this.acked.add(jobId);
          this.last = jobId;
          return { seen: 'R' };
        },
      },
    ];
  }

  async owed(tools: EndTools): Promise<Violation[]> {
    const jobs = (await tools.call('jobs')) as Jobs;
    const runs = new Map(jobs.runs);
    const missing = [...this.acked].filter((jobId) => !runs.has(jobId));
    const twice = jobs.runs.filter(([, times]) => times > 1).map(([jobId]) => jobId);
    const lost = await this.lost(tools);
    const isHeard = this.last === '' || jobs.completed.includes(this.last);
    if (!isHeard) await this.addLate(tools);
    return [
      ...named('I3', 'acknowledged and not in Redis', lost),
      ...named('I3', 'acknowledged and did not run', missing),
      ...named('I4', 'ran twice', twice),
      ...named('I5', 'ran with the wrong data', jobs.foreign),
      ...named('I2', 'was not heard to end', isHeard ? [] : [this.last]),
    ];
  }

  /** Queue events that came back after a job had ended never hear of it: they read on from where the stream is then. */
  private async addLate(tools: EndTools): Promise<void> {
    this.late += 1;
    const jobId = `job-late-${this.late}`;
    await tools.call('write', jobId);
    this.acked.add(jobId);
    this.last = jobId;
  }

  private async lost(tools: EndTools): Promise<string[]> {
    const found = await Promise.all(
      [...this.acked].map(async (jobId) => ((await tools.ask('EXISTS', `bull:faults:${jobId}`)) === 1 ? [] : [jobId])),
    );
    return found.flat();
  }
}

function named(id: Violation['id'], what: string, jobs: readonly string[]): Violation[] {
  if (jobs.length === 0) return [];
  const list = jobs.slice(0, 5).join(', ');
  return [{ id, text: `${jobs.length} jobs: ${what} (${list}${jobs.length > 5 ? ', …' : ''})` }];
}
