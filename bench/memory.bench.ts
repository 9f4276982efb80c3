import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { spreadOf, textOf } from './statistics.js';

const ROUNDS = 2;
const SESSIONS = 100_000;
const SUBJECT = fileURLToPath(new URL('memory.subject.js', import.meta.url));
const HELD = ['map', 'map again', 'written', 'read'];

/** What a session of 1 kB costs in the memory tier, full: the heap of a process of its own, and a bare Map beside it. */
export async function benchMemory(server: RedisTestServer): Promise<void> {
  process.stdout.write(
    `\nMemory tier with ${SESSIONS} sessions of 1 kB, bytes of heap a session: median (10th-90th)\n`,
  );
  for (const what of HELD) {
    const figures = Array.from({ length: ROUNDS }, () => bytesOf(server, what));
    process.stdout.write(`${what.padEnd(12)} ${textOf(spreadOf(figures))}\n`);
  }
  return Promise.resolve();
}

function bytesOf(server: RedisTestServer, what: string): number {
  const kind = what.split(' ')[0] ?? what;
  const args = ['--expose-gc', SUBJECT, kind, server.url, String(SESSIONS)];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`The measured process ended with ${child.status}: ${child.stderr}`);
  return Number(child.stdout);
}
