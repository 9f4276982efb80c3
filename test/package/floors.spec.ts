import { posix } from 'node:path';
import { libraryFiles, libraryImports } from './support/import-graph.js';
import type { ImportLine } from './support/import-graph.js';

const CONSUMERS = ['session', 'context', 'bullmq', 'health', 'metrics', 'otel'];
const DRIVER_PACKAGES = ['ioredis', 'redis'];
const TYPE_DOORS = ['lib/ioredis.ts', 'lib/node-redis.ts'];
/** What an application sees first. The doors of a consumer are on its floor. */
const ROOT_DOORS = ['lib/index.ts', ...TYPE_DOORS];
const FLOOR_OF_FOLDER: Readonly<Record<string, number>> = {
  interfaces: 0,
  errors: 0,
  config: 0,
  utils: 0,
  drivers: 1,
  commands: 1,
  connection: 2,
  telemetry: 2,
  ...Object.fromEntries(CONSUMERS.map((folder) => [folder, 4])),
  // what an application's tests see: of every consumer, and of the module
  testing: 5,
};

function folderOf(file: string): string | undefined {
  const [, folder, ...rest] = file.split('/');
  return rest.length > 0 ? folder : undefined;
}

function floorOf(file: string): number {
  if (ROOT_DOORS.includes(file)) return 5;
  if (file === 'lib/redis.constants.ts') return 0;
  const folder = folderOf(file);
  if (folder === undefined) return 3;
  const floor = FLOOR_OF_FOLDER[folder];
  if (floor === undefined) throw new Error(`lib/${folder} has no floor: name one in this test`);
  // puts the adapters of either driver behind one guard, and so stands above both
  return posix.basename(file) === 'commands-of.ts' ? 2 : floor;
}

const imports = libraryImports();
const lineOf = ({ from, specifier }: ImportLine): string => `${from} imports ${specifier}`;
const offenders = (isOffence: (line: ImportLine) => boolean): string[] => imports.filter(isOffence).map(lineOf);

describe('the floors of lib', () => {
  it('has every import lead to a file that exists', () => {
    const files = new Set(libraryFiles());
    expect(offenders(({ file }) => file !== undefined && !files.has(file))).toEqual([]);
    expect(imports.length).toBeGreaterThan(50);
  });

  it('imports downwards or sideways only', () => {
    expect(offenders(({ from, file }) => file !== undefined && floorOf(file) > floorOf(from))).toEqual([]);
  });

  it('imports no index.ts', () => {
    expect(offenders(({ file }) => file !== undefined && posix.basename(file) === 'index.ts')).toEqual([]);
  });

  it('knows no Nest and no Redis on the ground floor', () => {
    const isPure = ({ package: name, typeOnly }: ImportLine): boolean =>
      name === undefined || name.startsWith('node:') || (name === 'rxjs' && typeOnly);
    expect(offenders((line) => floorOf(line.from) === 0 && !isPure(line))).toEqual([]);
  });

  it('names a driver package in drivers/ and the type doors only', () => {
    const mayName = (from: string): boolean => folderOf(from) === 'drivers' || TYPE_DOORS.includes(from);
    expect(offenders(({ from, package: name }) => DRIVER_PACKAGES.includes(name ?? '') && !mayName(from))).toEqual([]);
  });

  it.each(CONSUMERS)('keeps %s from the other consumers, the module and the drivers', (consumer) => {
    const forbidden = ['drivers', ...CONSUMERS].filter((folder) => folder !== consumer);
    expect(
      offenders(
        ({ from, file }) =>
          folderOf(from) === consumer
          && file !== undefined
          && (file === 'lib/redis.module.ts' || forbidden.includes(folderOf(file) ?? '')),
      ),
    ).toEqual([]);
  });
});
