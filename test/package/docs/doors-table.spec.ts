import { libraryImports, reachableFrom } from '../support/import-graph.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { doors, manifest } from '../support/repository.js';

const DRIVERS = ['ioredis', 'redis'];
const optionalPeers = Object.keys(manifest.peerDependenciesMeta);
const imports = libraryImports();
const rows = tableOf(readPage('README.md'), 'import from').rows.map(([door = '', gives = '', peer = '']) => ({
  doors: codeSpans(door).map((path) => (path.startsWith('/') ? manifest.name + path : path)),
  names: codeSpans(gives),
  peers: codeSpans(peer),
}));

/** The optional peers, drivers aside, that are loaded with the door. */
function peersOf(door: string): string[] {
  const files = reachableFrom(doors.get(door) ?? '', imports, false);
  const loaded = imports.filter(({ from, typeOnly, dynamic }) => files.has(from) && !typeOnly && !dynamic);
  const named = new Set(loaded.map(({ package: name = '' }) => name));
  return optionalPeers.filter((name) => named.has(name) && !DRIVERS.includes(name));
}

describe('the table of doors in README.md', () => {
  it('has every door of package.json, and no other', () => {
    expect(rows.flatMap((row) => row.doors).toSorted()).toEqual([...doors.keys()].toSorted());
  });

  it.each(rows.filter(({ names }) => names.length > 0))(
    'names what $doors exports',
    async ({ doors: [door], names }) => {
      const exported = Object.keys((await import(door ?? '')) as object);
      expect(names.filter((name) => /^\w+$/.test(name) && !exported.includes(name))).toEqual([]);
    },
  );

  it.each(rows)('names the peers without which $doors does not load', ({ doors: [door = ''], peers }) => {
    const named = peers.filter((name) => !DRIVERS.includes(name));
    expect(named.filter((name) => !optionalPeers.includes(name))).toEqual([]);
    expect(peersOf(door).filter((name) => !named.includes(name))).toEqual([]);
  });
});
