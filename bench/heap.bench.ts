import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { spreadOf, textOf } from './statistics.js';

const ROUNDS = 7;
const SUBJECT = fileURLToPath(new URL('heap.subject.js', import.meta.url));

/** The heap of a process of its own, after boot and a collection: the package on a driver, and that driver alone. */
export async function benchHeap(server: RedisTestServer): Promise<void> {
  process.stdout.write('\nHeap after boot, MB: median (10th-90th percentile)\n');
  for (const driver of ['ioredis', 'node-redis']) {
    const figures: Record<string, number[]> = { raw: [], 'raw again': [], package: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [what, list] of Object.entries(figures)) list.push(heapOf(server, driver, what));
    }
    const texts = Object.entries(figures).map(([what, list]) => `${what} ${textOf(spreadOf(list))}`);
    const more = spreadOf(figures['package'] ?? []).median - spreadOf(figures['raw'] ?? []).median;
    process.stdout.write(`${driver.padEnd(12)} ${texts.join('  ')}  difference ${more.toFixed(2)} MB\n`);
  }
  return Promise.resolve();
}

function heapOf(server: RedisTestServer, driver: string, what: string): number {
  const kind = what === 'package' ? 'package' : 'raw';
  const child = spawnSync(process.execPath, ['--expose-gc', SUBJECT, driver, kind, server.url], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`The measured process ended with ${child.status}: ${child.stderr}`);
  return Number(child.stdout) / 2 ** 20;
}
