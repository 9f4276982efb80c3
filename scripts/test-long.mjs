/**
 * `npm run test:long`: what `npm test` has no time for. A whole app on a Redis that goes away every few seconds (`soak`),
 * ten thousand reconnects (`reconnects`), sessions on Redis and Postgres through long outages (`sessions`), chats whose
 * writers are killed and cold keys in every order (`context`), and the tests on other versions of peers and Node
 * (`old-peers`, `node22`, ...).
 * Names as arguments run those only; what follows a name and begins with a dash goes to it; `--write` puts the results
 * into docs/LONG_RUNS.md:
 *   npm run test:long -- soak --minutes 2
 *   npm run test:long -- reconnects node24 --write
 */
import { findRedisServer } from './lib/find-redis.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { LONG_LIVES, runLongLife } from './lib/long-lives.mjs';
import { findingsTable, writeLongRun } from './lib/long-runs.mjs';
import { Stop, main, say } from './lib/say.mjs';
import { VERSION_ROWS, runVersionRow } from './lib/version-rows.mjs';

const NAMES = [...LONG_LIVES, ...VERSION_ROWS.map(({ name }) => name)];

await main(async () => {
  const { wanted, write } = requested(process.argv.slice(2));
  await ensureInstalled();
  const redis = await findRedisServer();
  if (!redis) throw new Stop('The tests need a redis-server and none can be had here.');
  const env = { ...process.env, REDIS_SERVER_BIN: redis };
  const lives = await inTurn(LONG_LIVES, wanted, (name, args) => runLongLife(name, args, env));
  const rows = await inTurn(VERSION_ROWS, wanted, (row) => runVersionRow(row, env));
  if (write) await writeAll(lives, rows, wanted, redis);
  for (const { name, status } of lives) say(`${name}: ${status === 0 ? 'ok' : 'NOT OK'}`);
  for (const row of rows) say(`${row.name}: ${totalsText(row)}${row.status === 0 ? '' : ', NOT OK'}`);
  const all = [...lives, ...rows];
  return all.length > 0 && all.every(({ status }) => status === 0) ? 0 : 1;
});

/** What is to be run, with what arguments. */
function requested(given) {
  const write = given.includes('--write');
  const wanted = new Map();
  let last;
  for (const argument of given.filter((one) => one !== '--write')) {
    if (NAMES.includes(argument)) wanted.set((last = argument), []);
    else if (last !== undefined && LONG_LIVES.includes(last)) wanted.get(last).push(argument);
    else throw new Stop(`No such long run: ${argument}. There are: ${NAMES.join(', ')}.`);
  }
  return { wanted: wanted.size > 0 ? wanted : new Map(NAMES.map((name) => [name, []])), write };
}

async function inTurn(candidates, wanted, runOne) {
  const reports = [];
  for (const candidate of candidates) {
    const name = candidate.name ?? candidate;
    if (!wanted.has(name)) continue;
    say(`Long run ${name}`);
    reports.push(await runOne(candidate, wanted.get(name)));
  }
  return reports;
}

async function writeAll(lives, rows, wanted, redis) {
  for (const { name, findings } of lives) {
    const command = ['npm run test:long --', name, ...wanted.get(name)].join(' ');
    await writeLongRun(name, { command, redis, table: findingsTable(findings) });
  }
  for (const row of rows) {
    const { node, peers } = VERSION_ROWS.find(({ name }) => name === row.name) ?? {};
    const table = [
      ['Node', 'peers', 'tests'],
      [String(node ?? process.version.slice(1)), peers ? peers.join(', ') : 'as above', totalsText(row)],
    ];
    await writeLongRun(row.name, { command: `npm run test:long -- ${row.name}`, redis, table });
  }
}

function totalsText({ totals: { passed, failed, broken } }) {
  return `${passed} passed, ${failed + broken} failed`;
}
