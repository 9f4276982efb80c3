import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ensureSampleBuilt } from './build.mjs';
import { ROOT, npm, run } from './run.mjs';
import { Stop } from './say.mjs';
import { testTotals } from './test-results.mjs';

const NEST_PACKAGES = ['common', 'core', 'testing', 'platform-express', 'platform-fastify', 'bullmq', 'terminus'];
const OLD_PEERS = [
  ...NEST_PACKAGES.map((name) => `@nestjs/${name}@11`),
  '@nestjs/config@4',
  'bullmq@5',
  'ioredis@5',
  'redis@5',
  'ai@5',
  '@langchain/core@1.0.0',
  'prom-client@15.0.0',
  '@opentelemetry/api@1.9.0',
];
const WITHOUT_PACKAGE = ['unit', 'contract', 'e2e'];

/** What `npm test` leaves out: the oldest peer versions that are supported, and the other Node versions. */
export const VERSION_ROWS = [
  { name: 'old-peers', peers: OLD_PEERS, projects: WITHOUT_PACKAGE },
  { name: 'node22', node: 22, projects: [...WITHOUT_PACKAGE, 'package'] },
  { name: 'node24', node: 24, projects: [...WITHOUT_PACKAGE, 'package'] },
  { name: 'node24-old-peers', node: 24, peers: OLD_PEERS, projects: WITHOUT_PACKAGE },
];
const LEFT_OUT = new Set(['.git', 'coverage']);

/**
 * The tests in a copy of the repository, on what was built here with the newest peers, as users run what was published.
 *
 * @param {{ name: string, projects: string[], node?: number, peers?: string[] }} row
 * @param {NodeJS.ProcessEnv} env
 */
export async function runVersionRow({ name, node, peers, projects }, env) {
  await ensureSampleBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-redis-hub-long-'));
  chmodSync(folder, 0o755); // the Postgres of a test runs as nobody where this runs as root
  try {
    const copy = join(folder, 'repository');
    cpSync(ROOT, copy, {
      recursive: true,
      preserveTimestamps: true, // the build is known by them
      verbatimSymlinks: true,
      filter: (path) => !LEFT_OUT.has(path.slice(ROOT.length)),
    });
    await run('git', ['init', '--quiet'], { cwd: copy }); // the tests ask git for the files
    if (peers) await install(copy, peers);
    const executable = node ? await installNode(join(folder, 'node'), node) : process.execPath;
    const path = `${dirname(executable)}${delimiter}${env.PATH}`;
    const args = projects.flatMap((project) => ['--project', project]);
    const status = await run(executable, ['scripts/test.mjs', ...args], {
      cwd: copy,
      env: { ...env, PATH: path, HUB_AS_INSTALLED: '1' },
    });
    return { name, status, totals: testTotals(copy) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(cwd, packages) {
  const args = ['install', '--no-save', '--force', '--prefer-offline', '--loglevel=error', ...packages];
  if ((await npm(args, { cwd, what: 'still installing' })) !== 0)
    throw new Stop(`npm could not install ${packages.join(' ')}`);
}

/** The npm package `node` brings the executable of that version. */
async function installNode(folder, version) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await install(folder, [`node@${version}`]);
  return join(folder, 'node_modules', 'node', 'bin', 'node');
}
