/** `npm run bench`: sets up what is missing and measures. Arguments go to bench/main.ts. */
import { ensureBenchBuilt } from './lib/build.mjs';
import { findRedisServer } from './lib/find-redis.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { run } from './lib/run.mjs';
import { Stop, main } from './lib/say.mjs';

await main(async () => {
  await ensureInstalled();
  await ensureBenchBuilt();
  const binary = await findRedisServer();
  if (!binary) throw new Stop('The figures need a redis-server and none can be had here.');
  const env = { ...process.env, REDIS_SERVER_BIN: binary };
  return run(process.execPath, ['--expose-gc', 'build/tools/bench/main.js', ...process.argv.slice(2)], { env });
});
