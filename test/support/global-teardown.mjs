import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 3_000;
const JEST_WORKER = /jest-worker|processChild/;

/** Fails the run when a process that a test started outlives it, and ends that process. */
export default async function globalTeardown() {
  const left = await endLeftovers(process.env.HUB_TEST_RUN, ({ command }) => JEST_WORKER.test(command));
  if (left.length === 0) return;
  const list = left.map(({ pid, command }) => `  ${pid} ${command}`).join('\n');
  throw new Error(`Tests left ${left.length} process(es) running:\n${list}`);
}

/**
 * Ends every process that belongs to a test run, and gives those that did not end by themselves. Linux only: it reads
 * /proc.
 *
 * @param {string | undefined} run
 * @param {(process: { pid: number, command: string }) => boolean} [isSpared]
 */
export async function endLeftovers(run, isSpared = () => false) {
  if (run === undefined || !existsSync('/proc/self/environ')) return [];
  const find = () => leftovers(run).filter((one) => !isSpared(one));
  let left = find();
  for (let waited = 0; left.length > 0 && waited < GRACE_MS; waited += 100) {
    await sleep(100);
    left = find();
  }
  for (const { pid } of left) kill(pid);
  return left;
}

function leftovers(run) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`HUB_TEST_RUN=${run}`))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== '');
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process ended meanwhile, or is not ours to read
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
