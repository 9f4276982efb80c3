import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, npm } from './run.mjs';
import { Stop, say } from './say.mjs';

/**
 * Installs the dependencies where node_modules is not what package-lock.json says. With HUB_AS_INSTALLED=1 it is taken
 * as it is: the tests of other versions install those.
 */
export async function ensureInstalled() {
  assertNodeVersion(process.versions.node);
  if (process.env.HUB_AS_INSTALLED === '1' || isInstalled()) return;
  say('Installing the dependencies: npm ci');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const status = await npm(args, { what: 'still installing' });
  if (status !== 0) {
    throw new Stop(
      `The dependencies could not be installed: npm ci ended with status ${status}.\n`
        + 'Its own message is above. Most often the npm registry cannot be reached: see `npm ping`.',
    );
  }
}

/** npm keeps what it installed in a lock of its own; a package that this platform does not need is not in it. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || (found[path]?.version ?? (entry.optional && entry.version)) === entry.version,
  );
}

function packagesOf(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

function assertNodeVersion(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) return;
  throw new Stop(`Node ${version} is too old: this needs Node 20.19 or newer, 22.12 or newer, or 24 or newer.`);
}
