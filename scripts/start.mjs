/** `npm start`: sets up what is missing, finds a Redis, and runs the chat sample until it is stopped. */
import { createInterface } from 'node:readline';
import { AppProcess } from './lib/app-process.mjs';
import { ensureSampleBuilt } from './lib/build.mjs';
import { freePort } from './lib/free-port.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { provideRedis } from './lib/provide-redis.mjs';
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

async function runSample(env, redis, stopped) {
  const port = Number(process.env.PORT) || (await freePort());
  const app = new AppProcess(SAMPLE, { ...env, PORT: String(port) });
  if (await Promise.race([app.listening(port), stopped.then(() => false)])) {
    say(`The chat is at http://127.0.0.1:${port}/ and its health at http://127.0.0.1:${port}/health. Ctrl-C ends it.`);
    if (redis && process.stdin.isTTY) offerSwitch(redis);
  }
  const status = await Promise.race([app.ended, stopped.then(() => undefined)]);
  process.stdin.destroy();
  if (status !== undefined) {
    say(`The sample ended with status ${status}`);
    return status;
  }
  say('Stopping');
  if (await app.stop()) return 0;
  say('The sample did not shut down in time and was ended by force');
  return 1;
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
