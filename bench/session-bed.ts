import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import session from 'express-session';
import type { SessionData, Store } from 'express-session';
import { filter, firstValueFrom, timeout } from 'rxjs';
import { RedisModule, RedisService, type RedisDriverName } from 'nestjs-redis-hub';
import { SessionModule, SessionStore, type SessionModuleOptions } from 'nestjs-redis-hub/session';
import { ExpressSessionModule, ExpressSessionStore } from 'nestjs-redis-hub/session/express';

const SESSION_BYTES = 1_000;
const LIFE_MS = 3_600_000;
const WELL_TIMEOUT_MS = 120_000;

/** A Nest app with sessions, as the documentation shows one. */
export interface SessionBed {
  readonly redis: RedisService;
  readonly sessions: SessionStore;
  readonly store: ExpressSessionStore;
  /** Until Redis alone answers, and lacks nothing. */
  readonly untilWell: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openSessions(
  url: string,
  driver: RedisDriverName,
  options: SessionModuleOptions,
): Promise<SessionBed> {
  const app = await NestFactory.createApplicationContext(
    {
      module: class Bench {},
      imports: [RedisModule.forRoot({ url, driver }), SessionModule.forRoot(options), ExpressSessionModule],
    },
    { logger: false },
  );
  const sessions = app.get(SessionStore);
  const bed = { ...partsOf(app), sessions, untilWell: () => untilWell(sessions), close: () => app.close() };
  await bed.untilWell();
  return bed;
}

function partsOf(app: INestApplicationContext): Pick<SessionBed, 'redis' | 'store'> {
  return { redis: app.get(RedisService), store: app.get(ExpressSessionStore) };
}

async function untilWell(sessions: SessionStore): Promise<void> {
  const well = sessions.status$.pipe(filter(() => !sessions.status().degraded && sessions.status().trusted));
  await firstValueFrom(well.pipe(timeout(WELL_TIMEOUT_MS)));
}

/** The fields of a session of 1 kB as JSON, its cookie included. */
export function sessionFields(n: number): Record<string, unknown> {
  const fields = {
    user: { id: `user-${n}`, name: 'Ada Lovelace', roles: ['reader', 'writer'], seenAt: 1_700_000_000_000 + n },
    flash: [],
    csrf: '0123456789abcdef0123456789abcdef',
    cart: Array.from({ length: 5 }, (_, i) => ({ sku: `sku-${n}-${i}`, count: i + 1, price: 19.95 })),
  };
  const cookie = { originalMaxAge: LIFE_MS, expires: new Date(), httpOnly: true, path: '/' };
  const length = JSON.stringify({ cookie, ...fields, note: '' }).length;
  return { ...fields, note: 'x'.repeat(Math.max(0, SESSION_BYTES - length)) };
}

/** A session as the middleware has it: with a cookie that makes itself JSON, which each request moves on. */
export function sessionOf(store: Store, id: string, n: number): SessionData {
  const cookie = new session.Cookie();
  cookie.maxAge = LIFE_MS;
  const data = { cookie, ...sessionFields(n) };
  return store.createSession({ sessionID: id, sessionStore: store } as never, data);
}

/** One call of an express-session store, by its callback, as the middleware makes it. */
export function call<T>(run: (done: (error: unknown, result?: T) => void) => void): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    run((error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** As long as those of express-session. */
export function benchId(n: number): string {
  return `bench${String(n).padStart(27, '0')}`;
}
