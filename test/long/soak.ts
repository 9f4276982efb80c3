import { setTimeout as pass } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { eventually } from '../support/eventually.js';
import { RedisTestServer } from '../support/redis-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { LongChild } from './child.js';
import { FLAPS, type Flap } from './flaps.js';
import { finding, report, type Finding } from './result.js';
import { judgeEnd, judgeSoak, type Observation } from './soak.judge.js';
import type { SettledSessions, SoakSample } from './soak.messages.js';

/** `soak.js --minutes N --result FILE`: a whole app a driver, on a Redis that goes away every few seconds. */
const { values: given } = parseArgs({
  options: { minutes: { type: 'string', default: '15' }, result: { type: 'string' } },
});

/** From one flap to the next: long enough to come back, or nothing would be soaked but the outage. */
const PERIOD_MS = 5_000;
const SAMPLE_EVERY = 2;
/** The client, its worker's, its QueueEvents'. */
const SOCKETS = 3;
const LAST_OUTAGE_MS = 3_000;
/** A job whose fetch was cut off is found again when its lock has ended. */
const CALM_MS = 150_000;
const minutes = Number(given.minutes);
if (!(minutes >= 2)) throw new Error('--minutes: at least 2, or there are too few samples to tell anything');

class Soak {
  private readonly seen: Observation[] = [];
  private readonly startedAt = performance.now();

  private constructor(
    private readonly driver: string,
    private readonly server: RedisTestServer,
    private readonly proxy: TcpProxy,
    private readonly child: LongChild,
  ) {}

  static async run(driver: string): Promise<Finding[]> {
    const server = await RedisTestServer.start({ appendonly: true, config: ['auto-aof-rewrite-percentage 0'] });
    const proxy = await TcpProxy.start(server);
    const child = new LongChild('soak.subject.js', [driver, proxy.url]);
    try {
      await child.ready();
      return await new Soak(driver, server, proxy, child).run();
    } finally {
      child.kill();
      await proxy.stop();
      await server.stop();
    }
  }

  private async run(): Promise<Finding[]> {
    const end = performance.now() + minutes * 60_000;
    const flaps = Math.ceil((minutes * 60_000) / PERIOD_MS);
    for (let n = 0; performance.now() < end; n++) {
      if (n % SAMPLE_EVERY === 0) await this.observe();
      const flap = FLAPS[n % FLAPS.length] as Flap;
      const nextAt = performance.now() + PERIOD_MS;
      await flap.play(this.server, this.proxy);
      await pass(Math.max(0, nextAt - performance.now()));
      if ((n + 1) % 12 === 0) this.say(n + 1, flaps);
    }
    return this.calm();
  }

  /** Before a flap, when the one before is over. */
  private async observe(): Promise<void> {
    const sample = await this.child.ask<SoakSample>('sample');
    const sockets = await this.server.clientCount();
    const { lines } = this.child;
    this.seen.push({ ...sample, sockets, lines, minutes: (performance.now() - this.startedAt) / 60_000 });
  }

  private async calm(): Promise<Finding[]> {
    const settled = await this.settleInOutage();
    const soaked = judgeSoak(this.driver, this.seen);
    const [lost, missing] = [async () => (await this.lostSessions(settled)).length, () => this.missingJobs()];
    const calm = { timeoutMs: CALM_MS, intervalMs: 1_000 };
    const isCalm = async (): Promise<boolean> =>
      (await lost()) + (await missing()) === 0 && (await this.server.clientCount()) === SOCKETS;
    await eventually(isCalm, calm).catch(() => undefined);
    const [left, sockets] = [await lost(), await this.server.clientCount()];
    const code = await this.child.close();
    const after = await this.server.clientCount();
    for (const [line, times] of [...this.child.said].toSorted(([, a], [, b]) => b - a).slice(0, 12)) {
      process.stdout.write(`${this.driver} said ${times} times: ${line.slice(0, 200)}\n`);
    }
    return [
      ...soaked,
      finding(
        this.driver,
        'sockets at rest, after closing',
        `${sockets}, ${after}`,
        sockets === SOCKETS && after === 0,
      ),
      ...judgeEnd(this.driver, this.seen, left, settled.length, code),
    ];
  }

  /** The last changes are acknowledged while Redis is out: they must reach it all the same. */
  private async settleInOutage(): Promise<SettledSessions> {
    await this.server.kill();
    await pass(LAST_OUTAGE_MS);
    const settled = await this.child.ask<SettledSessions>('settle');
    await this.server.restart();
    return settled.filter(({ acknowledged }) => acknowledged > 0);
  }

  /** Redis is asked, not the app: what a fallback remembers does not count. */
  private async lostSessions(settled: SettledSessions): Promise<string[]> {
    const keys = settled.map(({ id }) => `dialog:session:${id}`);
    const texts = (await this.server.command('MGET', ...keys)) as (string | null)[];
    const isLost = ({ acknowledged, tried }: SettledSessions[number], at: number): boolean => {
      const n = Number(/"n":(\d+)/.exec(texts[at] ?? '')?.[1]);
      return !(n >= acknowledged && n <= tried);
    };
    return settled.filter(isLost).map(({ id }) => id);
  }

  private async missingJobs(): Promise<number> {
    await this.observe();
    const ran = new Set(this.seen.flatMap((one) => one.ran));
    return this.seen.flatMap((one) => one.added).filter((n) => !ran.has(n)).length;
  }

  private say(flaps: number, of: number): void {
    const { heapBytes = 0, sockets } = this.seen.at(-1) ?? {};
    const heap = (heapBytes / 2 ** 20).toFixed(1);
    process.stdout.write(
      `soak ${this.driver}: flap ${flaps} of ${of}, heap ${heap} MB, ${sockets} sockets, ${this.child.lines} lines\n`,
    );
  }
}

const findings = await Promise.all(['ioredis', 'node-redis'].map((driver) => Soak.run(driver)));
process.exitCode = report(findings.flat(), given.result);
