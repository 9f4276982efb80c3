import { setTimeout as pass } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { eventually } from '../support/eventually.js';
import { RedisTestServer } from '../support/redis-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { LongChild } from './child.js';
import type { ReconnectSample } from './reconnects.subject.js';
import { finding, report, type Finding } from './result.js';
import { judgeVitals } from './soak.judge.js';

/** `reconnects.js --rounds N --result FILE`: a hundred connections a driver, all of them lost in each round. */
const { values: given } = parseArgs({
  options: { rounds: { type: 'string', default: '100' }, result: { type: 'string' } },
});

const CONNECTIONS = 100;
/** What lives less is not dialled again at once: a connection must have been a good one to be lost as such. */
const STABLE_MS = 2_100;
const SAMPLE_EVERY = 4;
const HEAP_BYTES_A_RECONNECT = 100;
const rounds = Number(given.rounds);

async function reconnect(driver: string): Promise<Finding[]> {
  const server = await RedisTestServer.start();
  const proxy = await TcpProxy.start(server);
  const child = new LongChild('reconnects.subject.js', [driver, proxy.url, String(CONNECTIONS)]);
  try {
    await child.ready();
    const samples = await lose(driver, server, proxy, child);
    const code = await child.close();
    const after = await server.clientCount();
    return [
      ...judge(driver, samples),
      finding(driver, 'exit code and sockets, after closing', `${String(code)}, ${after}`, code === 0 && after === 0),
    ];
  } finally {
    child.kill();
    await proxy.stop();
    await server.stop();
  }
}

async function lose(driver: string, server: RedisTestServer, proxy: TcpProxy, child: LongChild) {
  const samples: (ReconnectSample & { sockets: number })[] = [];
  for (let round = 1; round <= rounds; round++) {
    await child.ask('call');
    // By a reset on the way, and by the server's own hand.
    if (round % 2 === 0) proxy.reset();
    else await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    const isBack = async (): Promise<boolean> => {
      const { connected, reconnects } = await child.ask<ReconnectSample>('state');
      return connected === CONNECTIONS && reconnects >= round * CONNECTIONS;
    };
    await eventually(isBack, { timeoutMs: 30_000, intervalMs: 50, what: `the end of round ${round}` });
    await pass(STABLE_MS);
    if (round % SAMPLE_EVERY !== 0) continue;
    samples.push({ ...(await child.ask<ReconnectSample>('sample')), sockets: await server.clientCount() });
    const heap = ((samples.at(-1)?.heapBytes ?? 0) / 2 ** 20).toFixed(1);
    if (round % 20 === 0) process.stdout.write(`reconnects ${driver}: ${round * CONNECTIONS}, heap ${heap} MB\n`);
  }
  return samples;
}

function judge(driver: string, samples: readonly (ReconnectSample & { sockets: number })[]): Finding[] {
  const last = samples.at(-1);
  const total = rounds * CONNECTIONS;
  const allowed = HEAP_BYTES_A_RECONNECT * (total / 2);
  const quiet = (last?.complaints ?? 1) + (last?.foreign ?? 1);
  return [
    finding(driver, 'reconnects', last?.reconnects ?? 0, (last?.reconnects ?? 0) >= total),
    ...judgeVitals(driver, samples, allowed),
    finding(driver, 'unhandled rejections, exceptions, warnings, errors of another kind', quiet, quiet === 0),
  ];
}

const findings = await Promise.all(['ioredis', 'node-redis'].map((driver) => reconnect(driver)));
process.exitCode = report(findings.flat(), given.result);
