import { isRedisError } from '../../../lib/errors/redis.error.js';
import type { Asker, ModelSession, Store, Value } from './session-model.js';
import { callText } from './session-model.steps.js';
import type { Call } from './session-model.steps.js';
import type { ModelNode } from './session-model.world.js';

/** A call that is under way: what it may say is decided by what was so before it, and by what is made beside it. */
export interface Flight {
  readonly call: Call;
  readonly node: ModelNode;
  readonly session: ModelSession;
  readonly before: Asker;
  readonly allowed: ReadonlySet<Value>;
  /** What it stores, where it does. */
  readonly n: number;
  readonly step: number;
  /** How long it took, and for how long this process answered nobody meanwhile. */
  readonly waits: { ms: number; lagMs: number };
}

/** What an `update` saw, and whether it was stored. */
export interface Updated {
  readonly seen: Value;
  readonly isStored: boolean;
}

/** Near the deadline of Redis: a node that waited for so long may have gone on without it. */
const SLOW_MS = 150;
/** The same, of Postgres too. */
const VERY_SLOW_MS = 350;

/** The stores that were surely reached: before and after it, and not too late on a machine that is busy. */
function reachOf({ node, before, waits }: Flight): Set<Store> {
  const { reach } = node.asker();
  const late = before.reach.size === 2 ? Math.max(waits.ms, waits.lagMs) : waits.lagMs;
  const isInTime = (store: Store): boolean => late < (store === 'redis' ? SLOW_MS : VERY_SLOW_MS);
  return new Set([...before.reach].filter((store) => reach.has(store) && isInTime(store)));
}

/** Whether an answer may be, which throws where it may not; and what is known from then on. */
export function judge(flight: Flight, result: unknown, beside: readonly Flight[]): void {
  const { call, node, session, before, n, step } = flight;
  const asker = { life: before.life, reach: reachOf(flight), isAlone: node.asker().isAlone };
  if (result instanceof Error) {
    if (call.call === 'set' || call.call === 'update') session.failed(n, step);
    if (call.call === 'destroy' || call.call === 'rotate') session.failed('none', step);
    return;
  }
  const made = beside.flatMap((other) => (other.session === session ? madeBy(other) : []));
  const allowed = new Set<Value>([...flight.allowed, ...session.allowed(asker), ...made]);
  JUDGES[call.call]({ ...flight, allowed }, asker, result);
}

/** Told which stores were surely reached from the beginning to the end. */
type Judge = (flight: Flight, asker: Asker, result: unknown) => void;

const JUDGES: Record<Call['call'], Judge> = {
  get: (flight, { life }, result) => {
    expectIn(flight, result as Value, result);
    flight.session.observed(life, result as Value);
  },
  touch: (flight, _asker, result) => expectLiving(flight, result === true, result),
  destroy: ({ session, step }, asker) => session.acknowledged('none', asker, step),
  set: (flight, asker, result) => {
    const { session, n, step, allowed } = flight;
    if (result === true) {
      if (session.isSurelyGone(asker, step)) throw wrong(flight, result);
      session.acknowledged(n, asker, step);
    } else if (!session.mayBeGone && !(allowed.has('none') && allowed.size > 1)) throw wrong(flight, result);
  },
  update: (flight, asker, result) => {
    const { seen, isStored } = result as Updated;
    if (!isStored) return expectLiving(flight, false, result);
    expectIn(flight, seen, result);
    flight.session.acknowledged(flight.n, asker, flight.step);
  },
  rotate: (flight, asker, result) => {
    expectLiving(flight, result !== undefined, result);
    const values = [...flight.allowed].filter((value) => value !== 'none');
    if (typeof result === 'string') flight.session.rotated(result, values, asker, flight.step);
  },
};

function expectIn(flight: Flight, value: Value, result: unknown): void {
  if (!flight.allowed.has(value)) throw wrong(flight, result);
}

function expectLiving(flight: Flight, isLiving: boolean, result: unknown): void {
  const isRight = isLiving ? [...flight.allowed].some((value) => value !== 'none') : flight.allowed.has('none');
  if (!isRight) throw wrong(flight, result);
}

function wrong({ call, allowed, step }: Flight, result: unknown): Error {
  return new Error(`step ${step}, ${callText(call)}: ${resultText(result)}; it may be ${[...allowed].join(', ')}`);
}

function madeBy({ call, n }: Flight): Value[] {
  if (call.call === 'set' || call.call === 'update') return [n];
  return call.call === 'destroy' ? ['none'] : [];
}

export function resultText(result: unknown): string {
  if (isRedisError(result)) return `failed (${result.redisErrorKind})`;
  return JSON.stringify(result) ?? 'undefined';
}
