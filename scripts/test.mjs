/**
 * `npm test`: sets up what is missing, runs the tests, and plays the short choice of the fault table. More arguments go
 * to Jest and make it one run:
 *   npm test -- redis-server                      specs whose path has that in it
 *   npm run test:contract -- redis-server         the same, of one project
 */
import { mkdirSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ensureSampleBuilt } from './lib/build.mjs';
import { playFaults } from './lib/faults.mjs';
import { findRedisServer } from './lib/find-redis.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ROOT, run, tool } from './lib/run.mjs';
import { Stop, main, say } from './lib/say.mjs';
import { RESULTS, testTotals } from './lib/test-results.mjs';

/** Far more than they take. A test that never gives the thread back can be ended from outside only. */
const DEADLINE_MS = 20 * 60_000;

/** Timing counts in the first; the second installs and compiles, and would take the cores from under it. */
const RUNS = [{ projects: ['unit', 'contract', 'e2e', 'least'] }, { projects: ['package'] }];

await main(async () => {
  await ensureInstalled();
  await ensureSampleBuilt();
  const binary = await findRedisServer();
  if (!binary) {
    throw new Stop('The tests need a redis-server and none can be had here: install Redis, or set REDIS_SERVER_BIN.');
  }
  rmSync(join(ROOT, RESULTS), { recursive: true, force: true });
  mkdirSync(join(ROOT, RESULTS), { recursive: true });
  const runs = requestedRuns(process.argv.slice(2));
  const env = { ...process.env, REDIS_SERVER_BIN: binary, HUB_TEST_RUN: randomUUID() };
  const statuses = [];
  try {
    for (const [index, request] of runs.entries()) statuses.push(await jest(request, index, env));
    if (runs === RUNS) statuses.push(await playFaults(['--short', '--results', join(RESULTS, 'faults.json')], env));
  } finally {
    await sweep(env.HUB_TEST_RUN);
  }
  summarize();
  return Math.max(...statuses);
});

/** `--project NAME` is ours, everything else is Jest's. */
function requestedRuns(given) {
  if (given.length === 0) return RUNS;
  const projects = given.filter((_argument, index) => given[index - 1] === '--project');
  const args = given.filter((argument, index) => argument !== '--project' && given[index - 1] !== '--project');
  return [{ projects, args }];
}

async function jest({ projects, args = [] }, index, env) {
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', tool('jest/bin/jest.js')];
  const report = ['--json', '--outputFile', join(RESULTS, `${index}.json`)];
  // last, since Jest takes all that follows it for projects
  const selection = projects.length > 0 ? ['--selectProjects', ...projects] : [];
  const status = await run(process.execPath, [...node, ...args, ...report, ...selection], {
    env,
    timeoutMs: DEADLINE_MS,
  });
  if (status === 124) say(`The tests were stopped: they did not end within ${DEADLINE_MS / 60_000} minutes`);
  return status;
}

/** A run that was cut short had no chance to end what its tests started, nor Jest a worker that is caught in a loop. */
async function sweep(id) {
  const { endLeftovers } = await import('../test/support/global-teardown.mjs');
  const left = await endLeftovers(id);
  for (const { pid, command } of left) say(`Ended what the tests had left: ${pid} ${command}`);
}

function summarize() {
  const { passed, failed, broken } = testTotals();
  const note = broken > 0 ? `, and ${broken} files that could not be run` : '';
  say(`Tests: ${passed} passed, ${failed} failed${note}`);
}
