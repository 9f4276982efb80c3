/** `npm run check:package publint|attw`: what publishing the built package would look like, by the tool of that name. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureLibraryBuilt } from './lib/build.mjs';
import { npm, run, tool } from './lib/run.mjs';
import { Stop, main } from './lib/say.mjs';

const CHECKS = {
  publint: (tarball) => [tool('publint/src/cli.js'), 'run', tarball, '--strict'],
  attw: (tarball) => [
    tool('@arethetypeswrong/cli/dist/index.js'),
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
  ],
};

await main(async () => {
  const wanted = process.argv.slice(2);
  const names = wanted.length > 0 ? wanted : Object.keys(CHECKS);
  await ensureLibraryBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-redis-hub-pack-'));
  try {
    const tarball = await pack(folder);
    for (const name of names) {
      const status = await run(process.execPath, CHECKS[name](tarball));
      if (status !== 0) return status;
    }
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function pack(folder) {
  const status = await npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (status !== 0 || !tarball) throw new Stop(`npm pack ended with status ${status}.`);
  return join(folder, tarball);
}
