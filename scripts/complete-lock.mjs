/**
 * Completes package-lock.json: node scripts/complete-lock.mjs, after each change of the dependencies.
 *
 * npm leaves an optional platform package out of the lock when the registry it asked does not serve it, and `npm ci`
 * then refuses the lock everywhere. The name says for which platform the package is, which is all that npm needs to
 * pass over it elsewhere; where it is wanted, npm asks the registry.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];
const LIBRARIES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

function entryOf(name, version) {
  const words = name.split(/[-/]/);
  const system = SYSTEMS.find((word) => words.includes(word));
  const processor = PROCESSORS.find((word) => words.includes(word));
  if (!system || !processor) throw new Error(`The name of ${name} does not say its platform`);
  const library = system === 'linux' ? LIBRARIES[words.at(-1)] : undefined;
  return {
    version,
    cpu: [processor],
    dev: true,
    ...(library && { libc: [library] }),
    optional: true,
    os: [system],
  };
}

const lock = JSON.parse(readFileSync(LOCK, 'utf8'));
const added = {};
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`node_modules/${name}`, `${path}/node_modules/${name}`];
    if (places.some((place) => lock.packages[place])) continue;
    added[places[0]] = entryOf(name, version);
  }
}
const sorted = Object.entries({ ...lock.packages, ...added }).toSorted(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(sorted);
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`Added ${Object.keys(added).length} platform packages to package-lock.json.`);
