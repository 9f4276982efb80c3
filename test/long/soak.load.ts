import { setTimeout as pass } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { isRedisError, type RedisService } from 'nestjs-redis-hub';
import type { ContextCache } from 'nestjs-redis-hub/context';
import type { RedisHealthIndicator } from 'nestjs-redis-hub/health';
import type { SessionStore } from 'nestjs-redis-hub/session';
import type { LoadCounts, SettledSessions, SlowestCall } from './soak.messages.js';

/** What the load calls. */
export interface Soaked {
  readonly redis: RedisService;
  readonly sessions: SessionStore;
  readonly context: ContextCache;
  readonly queue: Queue<{ n: number }>;
  readonly health: RedisHealthIndicator;
}

const PACE_MS = 50;
const HEALTH_PACE_MS = 1_000;
const SESSIONS = 1_000;
const CHATS = 20;
const TEXT = 'x'.repeat(200);

/** Calls everything that the app offers, a lane each, and checks what it is told. What it keeps does not grow. */
export class SoakLoad {
  private isRunning = false;
  private lanes: Promise<void>[] = [];
  private readonly written = Array.from({ length: SESSIONS }, (_, i) => ({ id: `s${i}`, acknowledged: 0, tried: 0 }));
  private counts = noCounts();
  private pauses = 0;

  constructor(private readonly soaked: Soaked) {}

  start(): void {
    const { context, health } = this.soaked;
    this.isRunning = true;
    this.lanes = [
      this.lane(PACE_MS, (n) => this.session(n)),
      this.lane(PACE_MS, (n) => this.append(`c${n % CHATS}`, n)),
      this.lane(PACE_MS, (n) => this.timed('recent', context.recent(`c${n % CHATS}`, 10))),
      this.lane(PACE_MS, (n) => this.cache(`k${n % 10}`)),
      this.lane(PACE_MS, (n) => this.job(n)),
      this.lane(HEALTH_PACE_MS, () => this.timed('health', health.isHealthy('redis'))),
    ];
  }

  /** Ends the load; gives what must be found in Redis. */
  async stop(): Promise<SettledSessions> {
    this.isRunning = false;
    await Promise.all(this.lanes);
    return this.written;
  }

  takeCounts(): LoadCounts {
    const { counts } = this;
    this.counts = noCounts();
    return counts;
  }

  private async lane(paceMs: number, call: (n: number) => Promise<unknown>): Promise<void> {
    for (let n = 1; this.isRunning; n++) {
      await call(n).catch((error: unknown) => this.failed(error));
      await pass(paceMs);
    }
  }

  /** Calls that are in flight meanwhile are not timed: what is done keeps the whole process waiting. */
  async untimed<T>(work: () => Promise<T>): Promise<T> {
    this.pauses += 1;
    try {
      return await work();
    } finally {
      this.pauses += 1;
    }
  }

  private async timed<T>(name: string, call: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const { pauses } = this;
    try {
      return await call;
    } finally {
      const ms = performance.now() - startedAt;
      this.counts.calls += 1;
      if (pauses === this.pauses && pauses % 2 === 0 && ms > this.counts.slowest.ms) this.counts.slowest = { name, ms };
    }
  }

  private failed(error: unknown): void {
    this.counts.failures += 1;
    if (!isRedisError(error)) this.counts.foreign.push(String(error));
  }

  private async session(n: number): Promise<void> {
    const session = this.written[n % SESSIONS] as (typeof this.written)[number];
    session.tried = n;
    await this.timed('session set', this.soaked.sessions.set(session.id, { n, id: session.id, text: TEXT }));
    session.acknowledged = n;
    const other = this.written[(n * 7) % SESSIONS] as (typeof this.written)[number];
    const { acknowledged, tried } = other;
    if (acknowledged === 0) return;
    const read = await this.timed('session get', this.soaked.sessions.get<{ n: number; id: string }>(other.id));
    const isRight = read?.id === other.id && read.n >= acknowledged && read.n <= tried;
    if (!isRight)
      this.counts.wrong.push(`session ${other.id}: ${read?.id} ${read?.n}, not ${acknowledged} to ${tried}`);
  }

  private append(chat: string, n: number): Promise<unknown> {
    return this.timed('append', this.soaked.context.append(chat, { role: 'user', content: `${n} ${TEXT}` }));
  }

  private async cache(key: string): Promise<void> {
    await this.timed('cacheSet', this.soaked.redis.cacheSet(key, { key }, { ttlMs: 60_000 }));
    const read = await this.timed('cacheGet', this.soaked.redis.cacheGet<{ key: string }>(key));
    if (read.hit && read.value.key !== key) this.counts.wrong.push(`cache ${key}: ${read.value.key}`);
  }

  private async job(n: number): Promise<void> {
    await this.timed('queue add', this.soaked.queue.add('job', { n }, { jobId: `job-${n}` }));
    this.counts.added.push(n);
  }
}

interface Counts {
  calls: number;
  failures: number;
  slowest: SlowestCall;
  readonly wrong: string[];
  readonly foreign: string[];
  readonly added: number[];
}

function noCounts(): Counts {
  return { calls: 0, failures: 0, slowest: { name: 'none', ms: 0 }, wrong: [], foreign: [], added: [] };
}
