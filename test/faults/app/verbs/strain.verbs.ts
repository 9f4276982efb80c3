import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { RedisService } from 'nestjs-redis-hub';
import { SessionStore } from 'nestjs-redis-hub/session';
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describeError } from '../describe-error.js';
import { QUEUE } from './queue.verbs.js';
import type { VerbsProvider } from './verbs.js';

const TTL_MS = 600_000;
/** Calls that are under way when the process is blocked, before and after what was written was sent. */
const UNDER_WAY = 25;

/** How many calls ended how: `ok`, or the kind of the error. */
export type Outcomes = Readonly<Record<string, number>>;

/** What weighs on the process, not on the network: many calls at once, large ones, and no time to look at answers. */
@Injectable()
export class StrainVerbs implements VerbsProvider {
  constructor(
    @Inject(RedisService) private readonly redis: RedisService,
    @Inject(SessionStore) private readonly sessions: SessionStore,
    @InjectQueue(QUEUE) private readonly queue: Queue,
  ) {}

  private readonly writers: Readonly<Record<string, (n: number, text: string) => Promise<unknown>>> = {
    port: (n, text) => this.redis.commands.set(`burst:${n}`, text),
    cache: (n, text) => this.redis.cacheSet(`burst:${n}`, text, { ttlMs: TTL_MS, onUnavailable: 'throw' }),
    // a thousand people, who click on
    session: (n, text) => this.sessions.set(`burst-${n % 1_000}`, { n, text }),
    queue: (n, text) => this.queue.add('burst', { text }, { jobId: `burst-${n}` }),
  };

  readonly verbs = {
    heapUsed: () => {
      collectGarbage();
      return Promise.resolve(process.memoryUsage().heapUsed);
    },
    /** So many writes at once, each of a text of its own, numbered from the first. */
    burst: async (writer: string, first: number, count: number, bytes: number) => {
      const write = this.writers[writer];
      if (write === undefined) throw new Error(`There is no writer ${writer}`);
      return outcomesOf(Array.from({ length: count }, (_, n) => write(first + n, textOf(bytes))));
    },
    /** Calls while nothing else happens in this process for so long. */
    block: async (key: string, ms: number) => {
      const sent = Array.from({ length: UNDER_WAY }, () => this.redis.commands.incrby(key, 1));
      await turn();
      const unsent = Array.from({ length: UNDER_WAY }, () => this.redis.commands.incrby(key, 1));
      const end = performance.now() + ms;
      while (performance.now() < end);
      return outcomesOf([...sent, ...unsent]);
    },
    /** One large value. */
    write: async (key: string, bytes: number) => outcomesOf([this.redis.commands.set(key, 'x'.repeat(bytes))]),
    /** Its length, and whether it is whole. */
    lengthOf: async (key: string) => (await this.redis.commands.get(key))?.length ?? 0,
  };
}

async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<Outcomes> {
  const outcomes: Record<string, number> = {};
  for (const settled of await Promise.allSettled(calls)) {
    const outcome = settled.status === 'fulfilled' ? 'ok' : describeError(settled.reason).kind;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

/** Not one string that all share. */
function textOf(bytes: number): string {
  return randomBytes(bytes / 2).toString('hex');
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
