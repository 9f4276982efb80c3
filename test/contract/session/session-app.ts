import { expect } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { getRedisConnectionToken } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { ExpressSessionModule } from '../../../lib/session/express.js';
import { SessionModule, SessionStore } from '../../../lib/session/index.js';
import type { SessionModuleOptions, SessionStatus } from '../../../lib/session/index.js';
import type { TestDriver } from '../../support/drivers.js';
import { deferred, withDeadline } from '../../support/eventually.js';
import type { ProcessSentinel } from '../../support/process-sentinel.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

export interface SessionAppOptions {
  readonly redis?: RedisModuleOptions;
  readonly session?: SessionModuleOptions;
}

/** What an outage costs in these tests: short deadlines, so that a frozen server is noticed within one second. */
const QUICK: RedisModuleOptions = { commandTimeoutMs: 200, watchdogIntervalMs: 200, connectTimeoutMs: 5_000 };

/** A Nest application (without a listener) with sessions on one Redis: a node of the tests. */
export class SessionApp implements TestResource {
  private constructor(
    readonly module: TestingModule,
    readonly sessions: SessionStore,
    readonly connection: RedisConnectionHandle,
    readonly lines: readonly string[],
  ) {}

  static async start(driver: TestDriver, server: RedisTestServer | undefined, options: SessionAppOptions = {}) {
    const lines: string[] = [];
    const address = server === undefined ? { enabled: false } : { url: server.url };
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ driver, ...address, ...QUICK, ...options.redis }),
        SessionModule.forRoot(options.session ?? {}),
        ExpressSessionModule,
      ],
    })
      .setLogger(loggerTo(lines))
      .compile();
    await module.init().catch(async (error: unknown) => {
      await module.close();
      throw error;
    });
    return track(new SessionApp(module, module.get(SessionStore), module.get(getRedisConnectionToken()), lines));
  }

  /** Waits until sessions are served like this. */
  until(wanted: Partial<SessionStatus>): Promise<void> {
    return untilStatus(this.sessions, wanted);
  }

  async stop(): Promise<void> {
    untrack(this);
    await this.module.close();
  }
}

/** Waits until this store serves sessions like this. Nothing is polled: the store tells. */
export async function untilStatus(sessions: SessionStore, wanted: Partial<SessionStatus>): Promise<void> {
  const matches = (status: SessionStatus): boolean =>
    Object.entries(wanted).every(([name, value]) => status[name as keyof SessionStatus] === value);
  const seen = deferred();
  const subscription = sessions.status$.subscribe(() => matches(sessions.status()) && seen.resolve());
  try {
    await withDeadline(seen.promise, { timeoutMs: 15_000, what: `status ${JSON.stringify(wanted)}` });
  } finally {
    subscription.unsubscribe();
  }
}

/** Nothing was rejected or thrown behind everyone's back. Jest's own notice of VM modules comes late in some runs. */
export async function expectQuiet(sentinel: ProcessSentinel): Promise<void> {
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await sentinel.stop();
  const complaints = sentinel.complaints.map(({ event, error }) => `${event}: ${String(error)}`);
  expect(complaints.filter((complaint) => !complaint.startsWith('warning: ExperimentalWarning'))).toEqual([]);
}

/** Collects what would be logged. */
function loggerTo(lines: string[]): LoggerService {
  const log = (...args: unknown[]): void => void lines.push(args.map(String).join(' '));
  return { log, warn: log, error: log, debug: log, verbose: log, fatal: log };
}
