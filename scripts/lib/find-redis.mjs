import { existsSync } from 'node:fs';
import { ROOT, run, which } from './run.mjs';
import { say } from './say.mjs';

/**
 * The path of a redis-server to start, or nothing where none can be had: `REDIS_SERVER_BIN`, the machine's own, the
 * Debian package, a build from source. One line says what each attempt gave.
 */
export async function findRedisServer() {
  for (const attempt of [given, installed, debianPackage, built]) {
    const path = await attempt();
    if (path) return path;
  }
  return undefined;
}

function given() {
  const path = process.env.REDIS_SERVER_BIN;
  if (!path) return undefined;
  say(`Redis: ${path}, as REDIS_SERVER_BIN says${existsSync(path) ? '' : ', is not there'}`);
  return existsSync(path) ? path : undefined;
}

function installed() {
  const path = which('redis-server');
  say(path ? `Redis: the machine's ${path}` : 'Redis: the machine has no redis-server');
  return path;
}

async function debianPackage() {
  if (process.getuid?.() !== 0 || !which('apt-get')) {
    say('Redis: no Debian package, since this is not Debian or Ubuntu, or not root');
    return undefined;
  }
  say('Redis: installing the Debian package redis-server');
  // run level 1, so that the package does not start a server of its own
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const steps = [['update'], ['install', '-y', '--no-install-recommends', 'redis-server']];
  for (const step of steps) {
    const status = await run('apt-get', ['-q', ...step], { env, what: 'still installing redis-server' });
    if (status !== 0) say(`Redis: apt-get ${step[0]} ended with status ${status}`);
  }
  return which('redis-server');
}

async function built() {
  say('Redis: building it from source (redis-memory-server), which takes some minutes and needs make and a C compiler');
  const script = "import('redis-memory-server').then(({ RedisBinary }) => RedisBinary.getPath())";
  const status = await run(
    process.execPath,
    ['-e', `${script}.catch(({ message }) => { console.error(message); process.exit(1) })`],
    {
      what: 'still building Redis',
    },
  );
  if (status !== 0) {
    say('Redis: it could not be built from source');
    return undefined;
  }
  const { RedisBinary } = await import('redis-memory-server');
  process.chdir(ROOT);
  return RedisBinary.getPath();
}
