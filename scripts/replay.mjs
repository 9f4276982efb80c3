/** `npm run sample:replay`: replays the recorded conversation through a chat sample of its own, at CHAT_URL. */
import { AppProcess } from './lib/app-process.mjs';
import { ensureSampleBuilt } from './lib/build.mjs';
import { freePort } from './lib/free-port.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { provideRedis } from './lib/provide-redis.mjs';
import { run } from './lib/run.mjs';
import { Stop, main } from './lib/say.mjs';

await main(async () => {
  await ensureInstalled();
  await ensureSampleBuilt();
  const { redis, env } = await provideRedis();
  try {
    return await replay(env);
  } finally {
    await redis?.end();
  }
});

async function replay(env) {
  const port = await freePort();
  const app = new AppProcess('build/sample/chat/main.js', { ...env, PORT: String(port) });
  try {
    if (!(await app.listening(port))) throw new Stop('The sample ended before it could be used.');
    const replayEnv = { ...process.env, ...env, CHAT_URL: `http://127.0.0.1:${port}` };
    return await run(process.execPath, ['build/sample/chat/replay/main.js', ...process.argv.slice(2)], {
      env: replayEnv,
    });
  } finally {
    await app.stop();
  }
}
