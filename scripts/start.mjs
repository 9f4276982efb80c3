/** `npm start`: sets up what is missing, finds a Redis, and runs the chat sample until it is stopped. */
import { createInterface } from 'node:readline';
import { AppProcess } from './lib/app-process.mjs';
import { ensureSampleBuilt } from './lib/build.mjs';
import { findRedisServer } from './lib/find-redis.mjs';
import { freePort } from './lib/free-port.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { PrivateRedis } from './lib/private-redis.mjs';
import { main, say } from './lib/say.mjs';
import { untilStopped } from './lib/until-stopped.mjs';

const SAMPLE = 'build/sample/chat/main.js';

await main(async () => {
  await ensureInstalled();
  await ensureSampleBuilt();
  const stopped = untilStopped();
  const { redis, env } = await provideRedis();
  try {
    return await runSample(env, redis, stopped);
  } finally {
    await redis?.end();
  }
});

async function provideRedis() {
  if (process.env.REDIS_URL) {
    say('Redis: the one of REDIS_URL');
    return { env: {} };
  }
  if (/^(false|0|no|off)$/i.test(process.env.REDIS_ENABLED ?? '')) {
    say('Redis: off, as REDIS_ENABLED says');
    return { env: {} };
  }
  const binary = await findRedisServer();
  if (!binary) {
    say('No Redis can be had here: the sample runs on its memory tiers, without a queue. /health says so.');
    return { env: { REDIS_ENABLED: 'false' } };
  }
  const redis = await PrivateRedis.start(binary);
  say(`Redis: started on port ${redis.port}, process ${redis.pid}`);
  return { redis, env: { REDIS_URL: redis.url } };
}

async function runSample(env, redis, stopped) {
  const port = Number(process.env.PORT) || (await freePort());
  const app = new AppProcess(SAMPLE, { ...env, PORT: String(port) });
  try {
    if (await Promise.race([app.listening(port), stopped.then(() => false)])) {
      say(
        `The chat is at http://localhost:${port}/ and its health at http://localhost:${port}/health. Ctrl-C ends it.`,
      );
      if (redis && process.stdin.isTTY) offerSwitch(redis);
    }
    const status = await Promise.race([app.ended, stopped.then(() => undefined)]);
    say(status === undefined ? 'Stopping' : `The sample ended with status ${status}`);
    return status ?? 0;
  } finally {
    await app.stop();
    process.stdin.destroy();
  }
}

/** Enter stops the Redis and starts it again, to see what the app makes of it. */
function offerSwitch(redis) {
  say('Enter stops this Redis, and Enter again starts it.');
  const lines = createInterface({ input: process.stdin });
  lines.on('line', () => void toggle(redis));
  lines.on('SIGINT', () => void process.kill(process.pid, 'SIGINT'));
}

async function toggle(redis) {
  await (redis.isRunning ? redis.stop() : redis.start());
  say(redis.isRunning ? 'Redis: started again' : 'Redis: stopped');
}
