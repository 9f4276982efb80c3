import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureLongBuilt } from './build.mjs';
import { runJest } from './jest.mjs';
import { ROOT, run } from './run.mjs';
import { say } from './say.mjs';
import { RESULTS } from './test-results.mjs';

/** Specs that `npm test` runs for seconds, at length. */
const SPECS = {
  /** 10,000 changes an outage, and other stories each time. */
  sessions: {
    specs: 'contract/session/(postgres-load|session-model)',
    env: { HUB_SESSION_CHANGES: '5000', HUB_SESSION_OUTAGE_MS: '20000', HUB_MODEL_SECONDS: '120' },
  },
  /** Fifty writers killed, and every order of two readers and two appends. */
  context: {
    specs: 'contract/context/proofs/(killed-writers|cold-key-orders)',
    env: { HUB_CONTEXT_KILLS: '50', HUB_CONTEXT_ORDERS: 'all' },
  },
};

/** One app for a long time, and one connection very often, see test/long; and some specs at length. */
export const LONG_LIVES = ['soak', 'reconnects', ...Object.keys(SPECS)];

/**
 * @param {string} name one of {@link LONG_LIVES}
 * @param {string[]} args for it, such as `--minutes 2`
 * @param {NodeJS.ProcessEnv} env
 * @returns its exit status, and what it found of each driver
 */
export async function runLongLife(name, args, env) {
  const file = join(ROOT, 'build', 'long-results', `${name}.json`);
  rmSync(file, { force: true });
  if (name in SPECS) return runSpecs(name, file, env);
  await ensureLongBuilt();
  const script = join('build', 'tools', 'test', 'long', `${name}.js`);
  const marked = { ...env, HUB_TEST_RUN: randomUUID() };
  try {
    const status = await run(process.execPath, [script, ...args, '--result', file], { env: marked });
    return { name, status, findings: findingsIn(file) };
  } finally {
    await sweep(marked.HUB_TEST_RUN);
  }
}

async function runSpecs(name, file, env) {
  const seed = String(Math.floor(Math.random() * 1_000_000));
  const marked = {
    ...SPECS[name].env,
    HUB_MODEL_SEED: seed,
    ...env,
    HUB_LONG_RESULT: file,
    HUB_TEST_RUN: randomUUID(),
  };
  mkdirSync(join(ROOT, RESULTS), { recursive: true });
  try {
    const request = { projects: ['contract'], args: ['--runInBand', SPECS[name].specs] };
    const status = await runJest(request, `long-${name}`, { env: marked });
    return { name, status, findings: findingsIn(file) };
  } finally {
    await sweep(marked.HUB_TEST_RUN);
  }
}

function findingsIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** A run that was cut short had no chance to end its processes and servers. */
async function sweep(id) {
  const { endLeftovers } = await import('../../test/support/global-teardown.mjs');
  const left = await endLeftovers(id);
  for (const { pid, command } of left) say(`Ended what was left: ${pid} ${command}`);
}
