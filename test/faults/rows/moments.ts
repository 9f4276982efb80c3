import { eventually } from '../../support/eventually.js';
import { saysThatPostgresIsMissed } from './postgres-checks.js';
import type { RowTools } from './row.js';

/** Nobody dials for so long after an attempt that was refused, and for seconds more. */
const QUIET_MS = 300;
const LONG_AGO_MS = 2_000;

/** Waits until the app has heard what the server now says to those who connect. */
export async function untilTold({ call }: RowTools, kind: string): Promise<void> {
  const isTold = (): Promise<boolean> =>
    call('strain', 'lengthOf', 'nobody').then(
      () => false,
      (error: Error) => error.message.includes(`failed: ${kind},`),
    );
  await eventually(isTold, { intervalMs: 50, what: `an error of kind ${kind}` });
}

/** A server that is to come back another one is not to be met while it is away: that would be another fault. */
export async function untilBetweenAttempts({ dials }: { readonly dials: readonly number[] }): Promise<void> {
  const isBetween = (): boolean => {
    const sinceMs = performance.now() - (dials.at(-1) ?? 0);
    return sinceMs > QUIET_MS && sinceMs < LONG_AGO_MS;
  };
  await eventually(isBetween, { timeoutMs: 15_000, what: 'a moment between two attempts' });
}

/** Waits until the app has noticed that Postgres is out, or refuses. */
export async function untilPostgresIsMissed(tools: RowTools): Promise<void> {
  await eventually(() => saysThatPostgresIsMissed(tools), { timeoutMs: 10_000, what: 'a word of the app on Postgres' });
}
