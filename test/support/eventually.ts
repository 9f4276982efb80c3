import type { EventEmitter } from 'node:events';

export interface WaitOptions {
  /** Rejects after so many milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** Said in the error when the time is over. */
  readonly what?: string;
}

export interface Deferred<T = void> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** A promise and its two ends. */
export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}

/** The promise's result, or an error when it has not settled in time. */
export async function withDeadline<T>(promise: Promise<T>, options: WaitOptions = {}): Promise<T> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${options.what ?? 'promise'} not settled in ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits until the probe gives something truthy, and gives that. A probe that throws is asked again; its last error is
 * the cause when the time is over.
 *
 * It polls, so it is only for state outside this process (a server's client list, a page, a file). What this process
 * knows has an event: use {@link until} or a {@link deferred}.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: WaitOptions & { readonly intervalMs?: number } = {},
): Promise<Exclude<T, false | 0 | '' | null | undefined>> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const end = performance.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      last = await probe();
      if (last) return last as Exclude<T, false | 0 | '' | null | undefined>;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs ?? 20));
  } while (performance.now() < end);
  const seen = last instanceof Error ? last.message : String(last);
  throw new Error(`${options.what ?? 'condition'} not met in ${timeoutMs} ms; last seen: ${seen}`, { cause: last });
}

/** Waits for one event and gives its arguments; `where` passes over events that are not the one meant. */
export async function until<A extends unknown[] = unknown[]>(
  emitter: Pick<EventEmitter, 'on' | 'off'>,
  event: string,
  options: WaitOptions & { readonly where?: (...args: A) => boolean } = {},
): Promise<A> {
  const seen = deferred<A>();
  const listener = (...args: unknown[]): void => {
    if (options.where?.(...(args as A)) ?? true) seen.resolve(args as A);
  };
  emitter.on(event, listener);
  try {
    return await withDeadline(seen.promise, { what: `event '${event}'`, ...options });
  } finally {
    emitter.off(event, listener);
  }
}
