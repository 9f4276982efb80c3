import { AppProcess } from '../lib/app-process.mjs';
import { ensureSampleBuilt } from '../lib/build.mjs';
import { findRedisServer } from '../lib/find-redis.mjs';
import { freePort } from '../lib/free-port.mjs';
import { PrivateRedis } from '../lib/private-redis.mjs';
import { Stop, say } from '../lib/say.mjs';
import { untilStopped } from '../lib/until-stopped.mjs';

const SAMPLE = 'build/sample/chat/main.js';

/** The sample of `SAMPLE_URL`, else one of our own with a Redis of its own, which `end` takes away again. */
export async function provideSample() {
  const { SAMPLE_URL, REDIS_URL } = process.env;
  if (SAMPLE_URL) {
    say(`The sample: ${SAMPLE_URL}, as SAMPLE_URL says`);
    return { url: SAMPLE_URL.replace(/\/$/, ''), redisUrl: REDIS_URL, ended: never(), end: () => Promise.resolve() };
  }
  await ensureSampleBuilt();
  const binary = await findRedisServer();
  if (!binary)
    throw new Stop('The replay needs a redis-server and none can be had here: set SAMPLE_URL or REDIS_SERVER_BIN.');
  const redis = await PrivateRedis.start(binary);
  try {
    return await startSample(redis);
  } catch (error) {
    await redis.end();
    throw error;
  }
}

async function startSample(redis) {
  const stopped = untilStopped();
  const port = await freePort();
  const app = new AppProcess(SAMPLE, {
    PORT: String(port),
    REDIS_ENABLED: 'true',
    REDIS_URL: redis.url,
    LOG_LEVEL: 'warn',
  });
  if (!(await app.listening(port))) throw new Stop('The sample ended before it listened: its message is above.');
  const end = async () => {
    await app.stop();
    await redis.end();
  };
  const ended = Promise.race([app.ended.then(() => 'The sample ended.'), stopped.then(() => 'Stopped.')]);
  return { url: `http://127.0.0.1:${port}`, redisUrl: redis.url, ended: fail(ended), end };
}

async function fail(reason) {
  throw new Stop(await reason);
}

function never() {
  return new Promise(() => undefined);
}
