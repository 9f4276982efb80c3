/**
 * What becomes of a command while the connection is down.
 *
 * - `reject`: a producer's: refused at once or at the deadline, so that the request behind it can answer.
 * - `persist`: a worker's: waits for the connection and is repeated when it was lost in flight. A rejection would cost
 *   the worker 15 s of sleep (`runRetryDelay`), or the job its end. Repeating is harmless: they are guarded by the
 *   job's lock, and a repeated end says at worst "Missing lock".
 *
 * @internal
 */
export type QueuePolicy = 'reject' | 'persist';

const PERSISTENT: ReadonlySet<string> = new Set([
  'moveToActive',
  'moveToFinished',
  'moveToDelayed',
  'moveToWaitingChildren',
  'moveStalledJobsToWait',
  'moveJobFromActiveToWait',
  'retryJob',
  'extendLock',
  'extendLocks',
  'updateJobScheduler',
  'saveStacktrace',
]);

/** What a worker is told, while shutdown waits for it and Redis is out, so that its loop goes round and ends. */
const IDLE_ANSWERS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['moveToActive', null],
  ['moveStalledJobsToWait', []],
  ['extendLocks', []],
]);

/** The policy of a script of BullMQ's, by its name without the version that follows a colon. @internal */
export function policyOfScript(name: string): QueuePolicy {
  return PERSISTENT.has(scriptName(name)) ? 'persist' : 'reject';
}

/** What to answer in place of waiting once shutdown has begun; undefined for what must be done all the same. @internal */
export function idleAnswerOf(name: string): { readonly answer: unknown } | undefined {
  const script = scriptName(name);
  return IDLE_ANSWERS.has(script) ? { answer: IDLE_ANSWERS.get(script) } : undefined;
}

/**
 * A look for stalled jobs, of which nobody hears the end once shutdown has begun: after each one bullmq 5 sets a timer of
 * half a minute, also when the worker was closed meanwhile, and the process would wait for that.
 *
 * @internal
 */
export async function mutedAtEnd(name: string, begun: AbortSignal, call: Promise<unknown>): Promise<unknown> {
  if (scriptName(name) !== 'moveStalledJobsToWait') return call;
  const [outcome] = await Promise.allSettled([call]);
  if (begun.aborted) await new Promise<never>(() => undefined);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** A script's name without BullMQ's version. @internal */
export function scriptName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(0, colon);
}
