import type { World } from '../topologies/world.js';
import type { Finding } from './checks.js';
import type { RowTools } from './row.js';

/** A chat that Redis holds all the time. */
const WARM = 'chat-warm';
/** One that is forgotten time and again. */
const COLD = 'chat-cold';

const CALLS = 3;
/** Less than any of the loader's faults takes. */
const PROMPT_MS = 250;

/** Calls that have nothing to ask of a loader: by provider, verb and the arguments of the n-th. */
const BESIDE: readonly ((n: number) => readonly [provider: string, verb: string, ...args: unknown[]])[] = [
  (n) => ['session', 'write', 'beside', n],
  (n) => ['cache', 'write', 'beside', n],
  (n) => ['queue', 'write', `beside-${n}`],
  (n) => ['context', 'write', COLD, n],
  () => ['context', 'read', WARM],
];

/** Redis is given the chat that it is to hold all the time. */
export async function warmUp(_world: World, { call }: RowTools): Promise<void> {
  await call('context', 'write', WARM, 1);
  await call('context', 'read', WARM);
}

/** While a chat is loaded, nobody waits for the loader who asks nothing of it; and one that hangs is told to give up. */
export async function checkLoads(_world: World, moment: 'during' | 'end', tools: RowTools): Promise<Finding[]> {
  return moment === 'during' ? checkBeside(tools) : checkAborted(tools);
}

async function checkBeside(tools: RowTools): Promise<Finding[]> {
  const tookMs = BESIDE.map((): number[] => []);
  for (let n = 1; n <= CALLS; n += 1) {
    await tools.call('context', 'forget', COLD);
    const loading = tools.call('context', 'read', COLD).catch(() => undefined);
    const times = await Promise.all(BESIDE.map((beside) => timed(tools, beside(n))));
    times.forEach((ms, at) => tookMs[at]?.push(ms));
    await loading;
  }
  return BESIDE.flatMap((beside, at): Finding[] => {
    const median = (tookMs[at] ?? []).toSorted((a, b) => a - b)[Math.floor(CALLS / 2)] ?? 0;
    const [provider, verb] = beside(0);
    return median <= PROMPT_MS ? [] : [`I1: ${provider}.${verb} takes ${Math.round(median)} ms beside a load`];
  });
}

async function timed(
  { call }: RowTools,
  what: readonly [provider: string, verb: string, ...unknown[]],
): Promise<number> {
  const startedAt = performance.now();
  await call(...what);
  return performance.now() - startedAt;
}

async function checkAborted({ call }: RowTools): Promise<Finding[]> {
  const { hung, aborted } = await call<{ hung: number; aborted: number }>('database', 'loads');
  return hung === aborted ? [] : [`I2: of ${hung} loads that hung ${aborted} were told that nobody waits`];
}
