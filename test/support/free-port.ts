import { createServer } from 'node:net';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOWEST = 10_000;
const HIGHEST = 29_999;
const ATTEMPTS = 200;
const LEASES = join(tmpdir(), 'nestjs-redis-hub-ports');

/**
 * A port that nobody listens on and that stays ours: below the range that the kernel hands out to outgoing
 * connections, so that a server may go and come back on it, and leased, so that no parallel test is given it.
 */
export async function freePort(): Promise<number> {
  mkdirSync(LEASES, { recursive: true });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (!lease(port)) continue;
    if (await isFree(port)) return port;
    releasePort(port);
  }
  throw new Error(`No free port found between ${LOWEST} and ${HIGHEST}`);
}

/** Gives the port back for others to use. */
export function releasePort(port: number): void {
  rmSync(join(LEASES, String(port)), { force: true });
}

function lease(port: number): boolean {
  const file = join(LEASES, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isAbandoned(file)) return false;
    rmSync(file, { force: true });
    return false; // the next round may have it; taking it here could take it from another that just did
  }
}

function isAbandoned(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
