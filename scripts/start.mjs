/** `npm start`: sets up what is missing, finds a Redis and a Postgres, and runs the chat sample until it is stopped. */
import { createInterface } from 'node:readline';
import { AppProcess } from './lib/app-process.mjs';
import { ensureSampleBuilt } from './lib/build.mjs';
import { freePort } from './lib/free-port.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { providePostgres } from './lib/provide-postgres.mjs';
import { provideRedis } from './lib/provide-redis.mjs';
import { main, say } from './lib/say.mjs';
import { untilStopped } from './lib/until-stopped.mjs';

const SAMPLE = 'build/sample/chat/main.js';

await main(async () => {
  await ensureInstalled();
  await ensureSampleBuilt();
  const stopped = untilStopped();
  const servers = [];
  try {
    const { redis, env } = await provideRedis();
    servers.push(redis);
    const { postgres, env: database } = await providePostgres();
    servers.push(postgres);
    return await runSample({ ...env, ...database }, { redis, postgres }, stopped);
  } finally {
    for (const server of servers) await server?.end();
  }
});

async function runSample(env, servers, stopped) {
  const port = Number(process.env.PORT) || (await freePort());
  const app = new AppProcess(SAMPLE, { ...env, PORT: String(port) });
  if (await Promise.race([app.listening(port), stopped.then(() => false)])) {
    say(`The chat is at http://127.0.0.1:${port}/ and its health at http://127.0.0.1:${port}/health. Ctrl-C ends it.`);
    if (process.stdin.isTTY) offerSwitches(servers);
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

/** Enter stops the Redis and starts it again, P the Postgres, to see what the app makes of it. */
function offerSwitches({ redis, postgres }) {
  if (redis) say('Enter stops this Redis, and Enter again starts it.');
  if (postgres) say('P and Enter stop this Postgres, and start it again.');
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === '') void toggle('Redis', redis);
    if (line.trim().toLowerCase() === 'p') void toggle('Postgres', postgres);
  });
  lines.on('SIGINT', () => void process.kill(process.pid, 'SIGINT'));
}

async function toggle(name, server) {
  if (server === undefined) return;
  await (server.isRunning ? server.stop() : server.start());
  say(server.isRunning ? `${name}: started again` : `${name}: stopped`);
}
