/**
 * `npm test`: sets up what is missing, runs the tests, once more those that failed, and plays the short choice of the
 * fault table. More arguments go to Jest and make it one run:
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
import { named, runJest, runJestTwice } from './lib/jest.mjs';
import { ROOT } from './lib/run.mjs';
import { Stop, main, say } from './lib/say.mjs';
import { RESULTS, testTotals } from './lib/test-results.mjs';

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
  const saved = [];
  try {
    for (const [index, request] of runs.entries()) {
      const ended =
        runs === RUNS ? await runJestTwice(request, `${index}`, { env }) : await once(request, `${index}`, { env });
      statuses.push(ended.status);
      saved.push(...ended.saved);
    }
    if (runs === RUNS) statuses.push(await playFaults(['--short', '--results', join(RESULTS, 'faults.json')], env));
  } finally {
    await sweep(env.HUB_TEST_RUN);
  }
  summarize(saved);
  return Math.max(...statuses);
});

/** `--project NAME` is ours, everything else is Jest's. */
function requestedRuns(given) {
  if (given.length === 0) return RUNS;
  const projects = given.filter((_argument, index) => given[index - 1] === '--project');
  const args = given.filter((argument, index) => argument !== '--project' && given[index - 1] !== '--project');
  return [{ projects, args }];
}

async function once(request, name, options) {
  return { status: await runJest(request, name, options), saved: [] };
}

/** A run that was cut short had no chance to end what its tests started, nor Jest a worker that is caught in a loop. */
async function sweep(id) {
  const { endLeftovers } = await import('../test/support/global-teardown.mjs');
  const left = await endLeftovers(id);
  for (const { pid, command } of left) say(`Ended what the tests had left: ${pid} ${command}`);
}

function summarize(saved) {
  if (saved.length > 0) say(`Passed only on a second run, alone: ${named(ROOT, saved)}`);
  const { passed, failed, broken } = testTotals();
  const note = broken > 0 ? `, and ${broken} files that could not be run` : '';
  say(`Tests: ${passed} passed, ${failed} failed${note}`);
}
