import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, trackedFiles } from './support/repository.js';

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
/** Folders of one machine: a home, or the place of this clone. */
const HOME = /(?<![\w.])\/(?:home|Users|root)\/[\w.-]+/;

describe('the lock file', () => {
  it('names no registry', () => {
    expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"|\.tgz"/);
  });

  it('has every platform package, so that npm ci takes it everywhere', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
      ),
    );
    expect(missing).toEqual([]); // node scripts/complete-lock.mjs
  });
});

describe('the files of the repository', () => {
  it('carry no path of one machine', () => {
    const named = trackedFiles().filter((name) => {
      const text = readFileSync(join(ROOT, name), 'utf8');
      return HOME.test(text) || text.includes(ROOT);
    });
    expect(named).toEqual([]);
  });
});
