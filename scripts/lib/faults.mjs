import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, run } from './run.mjs';
import { say } from './say.mjs';

/** Far more than the whole table takes. */
const DEADLINE_MS = 40 * 60_000;

/**
 * Plays the fault table with these arguments, and gives its exit status.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env with HUB_TEST_RUN, by which what was left running is found
 */
export async function playFaults(args, env) {
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'build', 'faults-'));
  say('Faults: playing the table');
  try {
    await compileInto(folder);
    const program = [join(folder, 'test/faults/runner/main.js'), ...args];
    return await run(process.execPath, ['--enable-source-maps', ...program], { env, timeoutMs: DEADLINE_MS });
  } finally {
    await sweep(env.HUB_TEST_RUN);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As it would be in an app of somebody else's: the package in node_modules, its peers further up. */
async function compileInto(folder) {
  const home = join(folder, 'node_modules', 'nestjs-redis-hub');
  mkdirSync(home, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(home, 'package.json'));
  // another package than the repository's, so that the name leads to node_modules
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await Promise.all([
    compile('lib', join(home, 'dist')),
    compile('test/faults', join(folder, 'test/faults')),
    compile('test/support', join(folder, 'test/support')),
    // of which the support needs one
    compile('lib/utils', join(folder, 'lib/utils')),
  ]);
}

async function compile(from, to) {
  const files = readdirSync(join(ROOT, from), { recursive: true }).map(String);
  await Promise.all(files.filter((file) => file.endsWith('.ts')).map((file) => compileFile(from, file, to)));
}

async function compileFile(from, file, to) {
  // not at the top: this module is loaded before anything is installed
  const { transformFile } = await import('@swc/core');
  const { code } = await transformFile(join(ROOT, from, file), {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  const target = join(to, file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}

/** A run that was cut short had no chance to end what it started. */
async function sweep(id) {
  const { endLeftovers } = await import('../../test/support/global-teardown.mjs');
  for (const { pid, command } of await endLeftovers(id)) say(`Ended what the faults had left: ${pid} ${command}`);
}
