import { eventually } from '../../support/eventually.js';
import type { World } from '../topologies/world.js';
import type { AppProcess, ExitReport } from './app-process.js';
import { LIMITS } from './limits.js';
import type { Violations } from './violation.js';

const SHUTDOWN_MS = LIMITS.shutdownMs + LIMITS.shutdownSlackMs;
const GIVEN_MS = 10_000;
/** With everything closed a process that was let go ends by itself. */
const LINGER_MS = 2_000;

/** Ends the app by SIGTERM, or by an order after which it must be able to end by itself. */
export async function closeApp(
  app: AppProcess,
  world: Pick<World, 'sockets'>,
  how: 'signal' | 'order',
  violations: Violations,
  calls?: Promise<unknown>,
): Promise<void> {
  if (app.hasEnded) return violations.add('I6', 'the process ended by itself');
  if (how === 'signal') {
    const exit = await app.terminate(GIVEN_MS);
    checkTime('shutdown', exit.elapsedMs, SHUTDOWN_MS, violations);
    checkCode(exit, violations);
    return expectNoSocket(world, violations);
  }
  checkTime('shutdown', await app.close(GIVEN_MS), SHUTDOWN_MS, violations);
  // each of them settles, and is judged where it was called
  await calls;
  await expectNoSocket(world, violations);
  const exit = await app.leave(GIVEN_MS);
  checkTime('the end of the process after shutdown', exit.elapsedMs, LINGER_MS, violations);
  checkCode(exit, violations);
}

function checkTime(what: string, elapsedMs: number, limitMs: number, violations: Violations): void {
  if (elapsedMs > limitMs) violations.add('I1', `${what} took ${Math.round(elapsedMs)} ms`);
}

function checkCode({ code, signal }: ExitReport, violations: Violations): void {
  if (code !== 0) violations.add('I6', `the process ended with ${code ?? signal}`);
}

/** A server that does not answer cannot be asked, and holds nothing open that matters. */
async function expectNoSocket(world: Pick<World, 'sockets'>, violations: Violations): Promise<void> {
  let seen: number | undefined;
  const isNone = async (): Promise<boolean> => {
    seen = await world.sockets().catch(() => undefined);
    return seen === undefined || seen === 0;
  };
  await eventually(isNone, { timeoutMs: 1_500 }).catch(() => violations.add('I8', `${seen} sockets after close`));
}
