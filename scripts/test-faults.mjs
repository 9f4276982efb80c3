/**
 * `npm run test:faults`: plays the fault table. Compiles the library and the suite into a folder of this run, where the
 * package stands as if it had been installed, and runs the suite there as a plain Node program. Its arguments:
 *   --only NAME      rows whose name is that; `*` and `?` stand for others. May be repeated, as the next two may.
 *   --driver NAME    ioredis or node-redis
 *   --variant NAME   main, bare (no fallbacks), strict (fail-fast boot) or postgres (sessions are there too)
 *   --short          the short choice, which `npm test` plays
 *   --jobs N         cells at a time
 *   --list           only say which cells that would be
 *   --verbose        show what each app printed
 *   --write          write docs/FAULT_TABLE.md
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { playFaults } from './lib/faults.mjs';
import { findRedisServer } from './lib/find-redis.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ROOT, run, tool } from './lib/run.mjs';
import { Stop, main } from './lib/say.mjs';

const TABLE = 'docs/FAULT_TABLE.md';

await main(async () => {
  await ensureInstalled();
  const binary = await findRedisServer();
  if (!binary) throw new Stop('The faults need a redis-server and none can be had here.');
  const args = process.argv.slice(2);
  const env = { ...process.env, REDIS_SERVER_BIN: binary, HUB_TEST_RUN: randomUUID() };
  const status = await playFaults(args, env);
  if (args.includes('--write') && existsSync(join(ROOT, TABLE))) {
    await run(process.execPath, [tool('prettier/bin/prettier.cjs'), '--log-level', 'warn', '--write', TABLE]);
  }
  return status;
});
