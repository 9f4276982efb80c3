import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Stop, say } from './say.mjs';

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const HEARTBEAT_MS = 15_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A file inside node_modules, for `node` to run. */
export function tool(path) {
  return join(ROOT, 'node_modules', path);
}

/** Where on the PATH a program is, or nothing. */
export function which(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Runs a program to its end, its output shown, and gives its exit status; 127 where it cannot be started, 1 where a
 * signal ended it, 124 where it was ended because it took longer than `timeoutMs`. With `what`, a line says from time to
 * time that it still runs; with `isQuiet`, only its errors are shown. Throws when this process was asked to stop meanwhile.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, what?: string, timeoutMs?: number, isQuiet?: boolean, uid?: number,
 *   gid?: number }} [options]
 */
export async function run(command, args, options = {}) {
  const { cwd = ROOT, env = process.env, what, timeoutMs, isQuiet = false, uid, gid } = options;
  const child = spawn(command, args, {
    cwd,
    env,
    uid,
    gid,
    stdio: ['ignore', isQuiet ? 'ignore' : 'inherit', 'inherit'],
  });
  const started = Date.now();
  const beat = what && setInterval(() => say(`${what}: ${Math.round((Date.now() - started) / 1000)} s`), HEARTBEAT_MS);
  let interrupted = false;
  const stop = (signal) => {
    interrupted = true;
    // Ctrl-C reaches the child by itself
    if (signal !== 'SIGINT') child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const deadline = timeoutMs && setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' && timeoutMs ? 124 : 1)));
  });
  clearInterval(beat);
  clearTimeout(deadline);
  for (const signal of SIGNALS) process.off(signal, stop);
  if (interrupted) throw new Stop('Stopped.');
  return status;
}

/** Runs npm: the one that runs this script, if one does. */
export function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  return script ? run(process.execPath, [script, ...args], options) : run('npm', args, options);
}
