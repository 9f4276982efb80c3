import type { AppProcess } from './app-process.js';

/** Below every number that rounds give to their calls. */
let calls = 0;

/** A call that a row makes for itself: neither judged nor timed. */
export async function callOfRow<T>(
  app: AppProcess | undefined,
  [provider, verb, ...args]: [provider: string, verb: string, ...args: readonly unknown[]],
): Promise<T> {
  if (app === undefined) throw new Error(`${provider}.${verb}: there is no app yet`);
  calls -= 1;
  const { value, error, hung } = await app.call(calls, provider, verb, args);
  if (hung) throw new Error(`${provider}.${verb} did not settle`);
  if (error !== undefined) throw new Error(`${provider}.${verb} was rejected: ${error.text.slice(0, 300)}`);
  return value as T;
}
