import type { INestApplication } from '@nestjs/common';
import { RedisService } from 'nestjs-redis-hub';
import { channel } from 'node:diagnostics_channel';
import { PAYLOAD } from '../protocol.js';

/** A verb as the runner calls it, by `consumer.verb`. */
export type Verb = (...args: never[]) => Promise<unknown>;

/** Breaks the app in one way, so that the suite can show that it would see it. */
interface Sabotage {
  readonly verb: string;
  spoil(call: Verb, app: INestApplication): Verb;
}

let spoiltCalls = 0;
let grudge: unknown;

const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  slow: {
    verb: 'cache.read',
    spoil:
      (call) =>
      async (...args) => {
        await new Promise((resolve) => setTimeout(resolve, 1_700));
        return call(...args);
      },
  },
  grudge: {
    verb: 'counter.write',
    spoil:
      (call) =>
      async (...args) => {
        if (grudge !== undefined) throw grudge;
        return call(...args).catch((error: unknown) => {
          grudge = error;
          throw error;
        });
      },
  },
  forget: {
    verb: 'session.write',
    spoil:
      (call) =>
      (...args) => {
        spoiltCalls += 1;
        return spoiltCalls > 6 ? Promise.resolve({ stored: true, dirty: false }) : call(...args);
      },
  },
  repeat: {
    verb: 'counter.write',
    spoil:
      (call) =>
      async (...args) => {
        await call(...args);
        return call(...args);
      },
  },
  confuse: {
    verb: 'cache.read',
    spoil:
      (call) =>
      async (...args) => ({ ...((await call(...args)) as object), key: 'of another' }),
  },
  reject: {
    verb: 'cache.read',
    spoil:
      (call) =>
      (...args) => {
        void Promise.reject(new Error('nobody listens'));
        return call(...args);
      },
  },
  print: {
    verb: 'cache.read',
    spoil:
      (call) =>
      (...args) => {
        process.stdout.write(`${PAYLOAD}\n`);
        return call(...args);
      },
  },
  tell: {
    verb: 'cache.read',
    spoil:
      (call) =>
      (...args) => {
        channel('nestjs-redis-hub:cache').publish({ key: args[0] });
        return call(...args);
      },
  },
  chatter: {
    verb: 'cache.read',
    spoil:
      (call) =>
      (...args) => {
        process.stdout.write('again\n'.repeat(10));
        return call(...args);
      },
  },
  hoard: {
    verb: 'cache.read',
    spoil: (call, app) => {
      void app.get(RedisService).duplicate('hoard');
      return call;
    },
  },
  bare: { verb: 'cache.read', spoil: () => () => Promise.reject(new TypeError('not one of ours')) },
};

const spoilt = new Map<string, Verb>();

/** The verb, or what the sabotage made of it. */
export function sabotaged(name: string | undefined, verb: string, call: Verb, app: INestApplication): Verb {
  const sabotage = name === undefined ? undefined : SABOTAGES[name];
  if (sabotage?.verb !== verb) return call;
  const made = spoilt.get(verb) ?? sabotage.spoil(call, app);
  spoilt.set(verb, made);
  return made;
}
