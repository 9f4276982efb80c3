import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import { RedisError } from '../errors/redis.error.js';
import { toRedisError } from '../errors/to-redis-error.js';
import { withDeadline } from '../utils/deadline.js';
import type { RedisQueueDetails } from './health-details.interface.js';
import type { RedisHealthQueue } from './health-options.interface.js';

/**
 * Counts the jobs that wait in queues, each in time or not at all, whatever the others do. A queue that has not answered
 * is not asked again until it has: on a connection of its own, what it is asked while that is out waits without an end.
 *
 * @internal
 */
export class QueueCounter {
  private readonly asked = new WeakMap<RedisHealthQueue, Promise<number>>();

  /** Never rejects. */
  count(queues: readonly RedisHealthQueue[], timeoutMs: number): Promise<RedisQueueDetails[]> {
    return Promise.all(queues.map((queue) => this.countOf(queue, timeoutMs)));
  }

  private async countOf(queue: RedisHealthQueue, timeoutMs: number): Promise<RedisQueueDetails> {
    const { name } = queue;
    try {
      return { name, backlog: await withDeadline(this.ask(queue), timeoutMs, late) };
    } catch (error) {
      return { name, error: kindOf(error) };
    }
  }

  private ask(queue: RedisHealthQueue): Promise<number> {
    const open = this.asked.get(queue);
    if (open !== undefined) return open;
    const answer = backlogOf(queue);
    this.asked.set(queue, answer);
    const forget = (): void => void this.asked.delete(queue);
    answer.then(forget, forget);
    return answer;
  }
}

/** Every kind that it names is one of jobs that wait: bullmq 5 tells of those of a paused queue apart. */
async function backlogOf(queue: RedisHealthQueue): Promise<number> {
  const counts = await queue.getJobCounts('waiting', 'prioritized');
  const backlog = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (!Number.isFinite(backlog)) throw new Error('The counts of the queue are no numbers');
  return backlog;
}

const late = (): RedisError =>
  new RedisError({ kind: 'command-timeout', message: 'The queue did not answer in time.' });

/** The kind alone: what else an error of a queue says may be of a job. */
function kindOf(error: unknown): RedisErrorKind {
  return toRedisError(error).redisErrorKind;
}
