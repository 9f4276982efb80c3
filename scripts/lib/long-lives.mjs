import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureLongBuilt } from './build.mjs';
import { ROOT, run } from './run.mjs';
import { say } from './say.mjs';

/** One app for a long time, and one connection very often; see test/long. */
export const LONG_LIVES = ['soak', 'reconnects'];

/**
 * @param {string} name one of {@link LONG_LIVES}
 * @param {string[]} args for it, such as `--minutes 2`
 * @param {NodeJS.ProcessEnv} env
 * @returns its exit status, and what it found of each driver
 */
export async function runLongLife(name, args, env) {
  await ensureLongBuilt();
  const file = join(ROOT, 'build', 'long-results', `${name}.json`);
  rmSync(file, { force: true });
  const script = join('build', 'tools', 'test', 'long', `${name}.js`);
  const marked = { ...env, HUB_TEST_RUN: randomUUID() };
  try {
    const status = await run(process.execPath, [script, ...args, '--result', file], { env: marked });
    return { name, status, findings: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [] };
  } finally {
    await sweep(marked.HUB_TEST_RUN);
  }
}

/** A run that was cut short had no chance to end its processes and servers. */
async function sweep(id) {
  const { endLeftovers } = await import('../../test/support/global-teardown.mjs');
  const left = await endLeftovers(id);
  for (const { pid, command } of left) say(`Ended what was left: ${pid} ${command}`);
}
