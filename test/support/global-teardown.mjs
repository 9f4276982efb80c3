import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 3_000;
const JEST_WORKER = /jest-worker|processChild/;

/** Fails the run when a process that a test started outlives it, and ends that process. Linux only: it reads /proc. */
export default async function globalTeardown() {
  const run = process.env.HUB_TEST_RUN;
  if (run === undefined || !existsSync('/proc/self/environ')) return;
  let left = leftovers(run);
  for (let waited = 0; left.length > 0 && waited < GRACE_MS; waited += 100) {
    await sleep(100);
    left = leftovers(run);
  }
  for (const { pid } of left) kill(pid);
  if (left.length > 0) {
    throw new Error(
      `Tests left ${left.length} process(es) running:\n${left.map((p) => `  ${p.pid} ${p.command}`).join('\n')}`,
    );
  }
}

function leftovers(run) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`HUB_TEST_RUN=${run}`))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== '' && !JEST_WORKER.test(command));
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
