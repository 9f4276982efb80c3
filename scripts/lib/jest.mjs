import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT, run, tool } from './run.mjs';
import { say } from './say.mjs';
import { RESULTS, failedFiles, withSecondRun } from './test-results.mjs';

/** Far more than they take. A test that never gives the thread back can be ended from outside only. */
const DEADLINE_MS = 40 * 60_000;

/** Where more fail than this, something is broken, and a second run would only take time. */
const MOST_AGAIN = 10;

/** What Jest is to run. @typedef {{ projects: string[], args?: string[] }} JestRequest */

/**
 * Runs Jest, leaves what came of it as `<name>.json`, and gives its exit status.
 *
 * @param {JestRequest} request
 * @param {string} name
 * @param {{ env: NodeJS.ProcessEnv, root?: string }} options `root`: of the configuration
 */
export async function runJest({ projects, args = [] }, name, { env, root = ROOT }) {
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', tool('jest/bin/jest.js')];
  const report = ['--json', '--outputFile', resultFile(root, name)];
  // last, since Jest takes all that follows it for projects
  const selection = projects.length > 0 ? ['--selectProjects', ...projects] : [];
  const status = await run(process.execPath, [...node, ...args, ...report, ...selection], {
    cwd: root,
    env,
    timeoutMs: DEADLINE_MS,
  });
  if (status === 124) say(`The tests were stopped: they did not end within ${DEADLINE_MS / 60_000} minutes`);
  return status;
}

/**
 * The same, and the files that failed once more, alone: on a busy machine a test may be late. What counts is the second
 * run, and who was saved by it is told: such a test is still to be mended.
 *
 * @param {JestRequest} request
 * @param {string} name
 * @param {{ env: NodeJS.ProcessEnv, root?: string }} options
 * @returns {Promise<{ status: number, saved: string[] }>} `saved`: the files that passed only then
 */
export async function runJestTwice({ projects }, name, options) {
  const { root = ROOT } = options;
  const status = await runJest({ projects }, name, options);
  const first = readResult(root, name);
  const failed = failedFiles(first);
  if (status === 0 || failed.length === 0 || failed.length > MOST_AGAIN) return { status, saved: [] };
  say(`Failed, and run once more, alone: ${named(root, failed)}`);
  const again = `${name}-again`;
  const secondStatus = await runJest(
    { projects, args: ['--runInBand', '--runTestsByPath', ...failed] },
    again,
    options,
  );
  const second = readResult(root, again);
  rmSync(resultFile(root, again), { force: true });
  if (second === undefined) return { status, saved: [] };
  writeFileSync(resultFile(root, name), JSON.stringify(withSecondRun(first, second)));
  const stillFailed = failedFiles(second);
  return { status: secondStatus, saved: failed.filter((file) => !stillFailed.includes(file)) };
}

/** Files as they are named in the repository. */
export function named(root, files) {
  return files.map((file) => relative(root, file)).join(', ');
}

function resultFile(root, name) {
  return join(root, RESULTS, `${name}.json`);
}

/** Nothing where Jest was stopped before it could write it. */
function readResult(root, name) {
  try {
    return JSON.parse(readFileSync(resultFile(root, name), 'utf8'));
  } catch {
    return undefined;
  }
}
