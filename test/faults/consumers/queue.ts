import type { Violation } from '../runner/violation.js';
import type { ConsumerPlay, EndTools, FaultConsumer, Step } from './consumer.js';

interface Jobs {
  readonly runs: readonly (readonly [string, number])[];
  readonly completed: readonly string[];
  readonly foreign: readonly string[];
}

/** Owes: each acknowledged job is in Redis and ran exactly once; no job ran twice; what was added last was heard to end. */
export const queue: FaultConsumer = { name: 'queue', sockets: 2, play: () => new QueuePlay() };

/** Of all plays: an app whose server came back empty is played on by a new play, and remembers the jobs of the old. */
let lateJobs = 0;

class QueuePlay implements ConsumerPlay {
  private readonly acked = new Set<string>();
  /** Added to a master that was about to go: it may take with it that they were added, or that they ran. */
  private readonly forgiven = new Set<string>();
  /** Those of them that were acknowledged. */
  private readonly mayBeLost = new Set<string>();
  private isForgiven = false;
  private last = '';

  steps(caller: number, round: number): Step[] {
    const jobId = `job-${caller}-${round}`;
    if (this.isForgiven) this.forgiven.add(jobId);
    return [
      {
        verb: 'write',
        kind: 'write',
        args: [jobId],
        judge: () => {
          if (this.forgiven.has(jobId)) this.mayBeLost.add(jobId);
          else {
            this.acked.add(jobId);
            this.last = jobId;
          }
          return { seen: 'R' };
        },
      },
    ];
  }

  forgive(isForgiven: boolean): void {
    this.isForgiven = isForgiven;
  }

  async lost(tools: EndTools): Promise<number> {
    return (await missing(this.mayBeLost, tools)).length;
  }

  async owed(tools: EndTools): Promise<Violation[]> {
    const jobs = (await tools.call('jobs')) as Jobs;
    const runs = new Map(jobs.runs);
    const idle = [...this.acked].filter((jobId) => !runs.has(jobId));
    const repeated = jobs.runs.filter(([, times]) => times > 1).map(([jobId]) => jobId);
    const twice = repeated.filter((jobId) => !this.forgiven.has(jobId));
    const lost = await missing(this.acked, tools);
    const isHeard = this.last === '' || jobs.completed.includes(this.last);
    if (!isHeard) await this.addLate(tools);
    return [
      ...named('I3', 'acknowledged and not in Redis', lost),
      ...named('I3', 'acknowledged and did not run', idle),
      ...named('I4', 'ran twice', twice),
      ...named('I5', 'ran with the wrong data', jobs.foreign),
      ...named('I2', 'was not heard to end', isHeard ? [] : [this.last]),
    ];
  }

  /** Queue events that came back after a job had ended never hear of it: they read on from where the stream is then. */
  private async addLate(tools: EndTools): Promise<void> {
    lateJobs += 1;
    const jobId = `job-late-${lateJobs}`;
    await tools.call('write', jobId);
    this.acked.add(jobId);
    this.last = jobId;
  }
}

/** Those that are not in Redis. */
async function missing(jobs: ReadonlySet<string>, tools: EndTools): Promise<string[]> {
  const found = [...jobs].map(async (jobId) =>
    (await tools.ask('EXISTS', `${tools.queuePrefix}:faults:${jobId}`)) === 1 ? [] : [jobId],
  );
  return (await Promise.all(found)).flat();
}

function named(id: Violation['id'], what: string, jobs: readonly string[]): Violation[] {
  if (jobs.length === 0) return [];
  const list = jobs.slice(0, 5).join(', ');
  return [{ id, text: `${jobs.length} jobs: ${what} (${list}${jobs.length > 5 ? ', …' : ''})` }];
}
