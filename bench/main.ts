import { RedisTestServer } from '../test/support/redis-server.js';
import { benchContext } from './context.bench.js';
import { benchDrain } from './drain.bench.js';
import { benchFirstCalls } from './first-calls.bench.js';
import { benchGuards } from './guards.bench.js';
import { benchHeap } from './heap.bench.js';
import { benchMemory } from './memory.bench.js';
import { benchPort } from './port.bench.js';
import { benchSessions } from './sessions.bench.js';
import { benchStorm } from './storm.bench.js';
import { benchWriteThrough } from './write-through.bench.js';

/** `npm run bench`, or `npm run bench -- port heap` for some of them. */
const BENCHES = {
  port: benchPort,
  guards: benchGuards,
  first: benchFirstCalls,
  heap: benchHeap,
  storm: benchStorm,
  sessions: benchSessions,
  'write-through': benchWriteThrough,
  drain: benchDrain,
  memory: benchMemory,
  context: benchContext,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(`No such bench: ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  const server = await RedisTestServer.start();
  try {
    const chosen = Object.entries(BENCHES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
    for (const [, bench] of chosen) await bench(server);
  } finally {
    await server.stop();
  }
}
