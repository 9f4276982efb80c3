import { memoryTier } from 'nestjs-redis-hub/session';
import { benchId, openSessions, sessionFields, type SessionBed } from './session-bed.js';

/**
 * The measured process: `memory.subject.js map|written|read URL SESSIONS`; prints the bytes of heap that a session holds.
 * `written`: as the store leaves them after a set; `read`: after each was read by the process once more.
 */
const [kind, url = '', count] = process.argv.slice(2);
const sessions = Number(count);
const AT_ONCE = 64;

const held = new Map<string, string>();
const tier = memoryTier({ maxSessions: sessions });
const bed = kind === 'map' ? undefined : await openSessions(url, 'ioredis', { fallback: [tier] });
// What a first call loads and makes is not the sessions'.
await bed?.sessions.set(benchId(0), sessionFields(0));
await bed?.sessions.get(benchId(0));
const before = await heapNow();
if (bed === undefined) for (let n = 0; n < sessions; n += 1) held.set(benchId(n), JSON.stringify(sessionFields(n)));
else await fill(bed);
const bytes = ((await heapNow()) - before) / sessions;
const stored = bed === undefined ? held.size : tier.stats.sessions;
if (stored !== sessions) throw new Error(`${stored} sessions are held, not ${sessions}`);
process.stdout.write(String(bytes));
await bed?.close();

async function fill({ sessions: store }: SessionBed): Promise<void> {
  await each((n) => store.set(benchId(n), sessionFields(n)));
  if (kind === 'read') await each((n) => store.get(benchId(n)));
}

/** Some at a time. */
async function each(operate: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < sessions) await operate(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function heapNow(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
