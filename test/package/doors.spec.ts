import { libraryImports, reachableFrom } from './support/import-graph.js';
import { doors, manifest } from './support/repository.js';

/** The optional peers that a door may name; every other one may be missing where that door is used. */
const PEERS_OF_DOOR: Readonly<Record<string, readonly string[]>> = {
  'nestjs-redis-hub': [],
  'nestjs-redis-hub/ioredis': ['ioredis'],
  'nestjs-redis-hub/node-redis': ['redis'],
  'nestjs-redis-hub/session': [],
  'nestjs-redis-hub/session/express': ['express-session'],
  'nestjs-redis-hub/session/fastify': ['@fastify/session'],
  'nestjs-redis-hub/session/postgres': ['pg'],
  'nestjs-redis-hub/context': [],
  'nestjs-redis-hub/context/ai': ['ai'],
  'nestjs-redis-hub/context/langchain': ['@langchain/core'],
  'nestjs-redis-hub/bullmq': ['@nestjs/bullmq', 'bullmq'],
  'nestjs-redis-hub/health': ['@nestjs/terminus'],
  'nestjs-redis-hub/metrics': ['prom-client'],
  'nestjs-redis-hub/otel': ['@opentelemetry/api'],
  'nestjs-redis-hub/testing': [],
};
const DRIVERS = ['ioredis', 'redis'];

const imports = libraryImports();
const optionalPeers = Object.keys(manifest.peerDependenciesMeta);

describe.each([...doors])('the door %s', (door, source) => {
  const allowed = PEERS_OF_DOOR[door];

  it('is known to this test', () => {
    expect(allowed).toBeDefined();
  });

  it('loads no other optional peer at run time, drivers only when asked for one', () => {
    const files = reachableFrom(source, imports, false);
    const named = imports.filter(({ from, typeOnly, package: name }) => files.has(from) && !typeOnly && name);
    const isLazyDriver = (name: string, dynamic: boolean): boolean => dynamic && DRIVERS.includes(name);
    const foreign = named.filter(({ package: name = '', dynamic, from }) => {
      if (!optionalPeers.includes(name) || allowed?.includes(name)) return false;
      return !isLazyDriver(name, dynamic) && !isBehindLazyImport(from, source);
    });
    expect(foreign.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  it('imports no package that is not a peer', () => {
    const files = reachableFrom(source, imports, true);
    const foreign = imports.filter(
      ({ from, package: name }) =>
        files.has(from) && name !== undefined && !name.startsWith('node:') && !(name in manifest.peerDependencies),
    );
    expect(foreign.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });
});

/** True for a file that the door reaches over an `import()` only: it is loaded when its driver is. */
function isBehindLazyImport(file: string, door: string): boolean {
  const eager = imports.filter(({ dynamic }) => !dynamic);
  return !reachableFrom(door, eager, false).has(file);
}
