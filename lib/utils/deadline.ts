import { MAX_TIMER_MS, STALL_GRACES, STALL_GRACE_MS, STALL_MS } from './timer-limits.js';

/** A running deadline. `stop()` is idempotent. @internal */
export interface Deadline {
  stop(): void;
}

/**
 * Calls `onPassed` after `ms`, but never before the replies that are already in the socket were read: timers run before
 * input in Node's event loop, so after a long synchronous stretch a plain timer would report a server that did answer.
 *
 * @internal
 */
export function startDeadline(ms: number, onPassed: () => void): Deadline {
  const startedAt = performance.now();
  let immediate: NodeJS.Immediate | undefined;
  const last = (): void => {
    immediate = setImmediate(onPassed);
  };
  const rest = (graces: number): void => {
    if (graces === 0) last();
    else timer = setTimeout(rest, STALL_GRACE_MS, graces - 1);
  };
  let timer = setTimeout(
    () => {
      const late = performance.now() - startedAt - ms;
      rest(late > STALL_MS ? STALL_GRACES : 0);
    },
    Math.min(ms, MAX_TIMER_MS),
  );
  return {
    stop: () => {
      clearTimeout(timer);
      if (immediate !== undefined) clearImmediate(immediate);
    },
  };
}

/** The promise's outcome, or a rejection with `onPassed()` once the deadline has passed. @internal */
export function withDeadline<T>(promise: Promise<T>, ms: number, onPassed: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const deadline = startDeadline(ms, () => reject(onPassed()));
    promise.then(resolve, reject).finally(() => deadline.stop());
  });
}
