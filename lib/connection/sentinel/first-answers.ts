import { startDeadline } from '../../utils/deadline.js';

/** What became of several questions. @internal */
export interface Answers<T> {
  readonly given: readonly T[];
  readonly reasons: ReadonlyMap<number, unknown>;
}

/**
 * The answers of those that were asked at the same time: all of them, but once one has come, the others have `graceMs`.
 * Who is silent delays nobody, and the first to answer does not decide alone.
 *
 * @internal
 */
export function firstAnswers<T>(asked: readonly Promise<T>[], graceMs: number): Promise<Answers<T>> {
  return new Promise((resolve) => {
    const given: T[] = [];
    const reasons = new Map<number, unknown>();
    let grace: ReturnType<typeof startDeadline> | undefined;
    const finish = (): void => {
      grace?.stop();
      resolve({ given: [...given], reasons: new Map(reasons) });
    };
    const settle = (): void => {
      if (given.length + reasons.size === asked.length) finish();
    };
    for (const [index, promise] of asked.entries()) {
      promise.then(
        (answer) => {
          given.push(answer);
          grace ??= startDeadline(graceMs, finish);
          settle();
        },
        (reason: unknown) => {
          reasons.set(index, reason);
          settle();
        },
      );
    }
  });
}
